# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables of lib.sh
#
# `pin`: the printed line parses and claims exactly the group; what is said aloud; what --write does to the files.
# Needs lib.sh.

dropin=/etc/vfio-early.d/50-pin.conf

# The members of the device's group that are no bridges, out of a plan in JSON.
# shellcheck disable=SC2016 # a program of jq
members='(.devices[] | select(.address == $dev) | .group) as $g | [.devices[] |
    select(.group == $g and .class != "0604" and .class != "0609") | .address]'

# Every device of the machine: where pin is content, its line alone in a policy claims the group and nothing else.
pin_every_device() {
    local dev pinned=0
    # At the next boot no driver holds anything yet.
    find "$tree/sys" -name driver -type l -delete
    early plan --json
    for dev in $(jq -r '.devices[].address' "$work/out"); do
        early pin "$dev"
        [ "$status" -eq 0 ] || {
            ends 4 || ends 5 || return 1
            continue
        }
        cp "$work/out" "$work/pinned"
        pinned=$((pinned + 1))
        early plan --json --policy "$work/pinned"
        if ! ends 0 || ! jq -e --arg dev "$dev" "$members == [.devices[] | select(.action == \"claim\") | .address]" \
            "$work/out" >/dev/null; then
            echo "$dev: $(cat "$work/pinned")"
            cat "$work/out" "$work/err"
            return 1
        fi
    done
    echo "$pinned" >>"$work/pinned-devices"
}

# pin_is STATUS LINE TEXT WORD...: the line on standard output, and the text on standard error ('' for nothing there).
pin_is() {
    local want=$1 line=$2 text=$3
    shift 3
    early pin "$@"
    ends "$want" || return 1
    [ "$(cat "$work/out")" = "$line" ] || {
        cat "$work/out"
        return 1
    }
    if [ -z "$text" ]; then [ ! -s "$work/err" ]; else says "$text"; fi
}

card='claim device=0000:01:00.0 path=0000:00:01.0/00.0 expect=10de:13c2:1043:8508,10de:0fbb:1043:8508'

pin_says() {
    new_tree haswell
    t 'pin: a card' pin_is 0 "$card" '' 01:00.0
    t 'pin: with a name' pin_is 0 "$card name=gaming" '' 01:00.0 --name gaming
    t 'pin: a name with a blank' pin_is 2 '' '--name "a b": expected 1 to 63' 01:00.0 --name 'a b'
    t 'pin: an empty name' pin_is 2 '' '--name "": expected 1 to 63' 01:00.0 --name ''
    t 'pin: the group holds something else' pin_is 0 \
        'claim device=0000:00:1f.2 expect=8086:8cc4:1458:5001,8086:8c82:1458:b005,8086:8ca2:1458:5001' \
        'note: group 10 also holds 0000:00:1f.0 ISA bridge (lpc_ich), 0000:00:1f.3 SMBus' 00:1f.2
    t 'pin: the console' pin_is 0 'claim device=0000:00:02.0 expect=8086:0412:1458:d000' \
        'note: 0000:00:02.0 is the boot display' 00:02.0
    t 'pin: a bridge' pin_is 4 '' 'name what is behind it' 00:01.0
    t 'pin: not there' pin_is 4 '' 'there is no PCI device 0000:09:00.0' 09:00.0
    t 'pin: malformed' pin_is 2 '' '"01:00": expected a PCI address' 01:00
    echo 'protect device=01:00.1' >"$tree/etc/vfio-early.conf"
    t 'pin: protected' pin_is 4 "$card" 'protect: 0000:01:00.1' 01:00.0
    new_tree twins
    t 'pin: a twin' pin_is 0 'claim device=0000:02:00.0 path=0000:00:06.0/00.0 expect=1002:67df:1da2:e366,1002:aaf0:1da2:aaf0' \
        'note: 0000:02:00.0 has an identical twin: 0000:01:00.0, 0000:03:00.0;' 02:00.0
    new_tree sriov
    t 'pin: a path that two devices fit is left out' pin_is 0 'claim device=0000:02:10.0 expect=8086:154c:8086:0000' \
        'identical twin' 02:10.0
    new_tree noiommu-intel
    t 'pin: no IOMMU' pin_is 5 '' 'has no IOMMU group' 01:00.0
    new_tree bare
    t 'pin: no PCI' pin_is 5 '' 'there is no PCI here' 01:00.0
}

# file_is TEXT: the drop-in holds that, for everybody to read, and nothing else is left beside it.
file_is() {
    diff <(printf '%s\n' "$1") "$tree$dropin" && [ "$(stat -c %a "$tree$dropin")" = 644 ] &&
        [ "$(ls -A "$tree/etc/vfio-early.d")" = "${dropin##*/}" ]
}

pin_writes() {
    (
        umask 077
        early pin --write 01:00.0
        ends 0
    ) && says "written to $dropin" 'vfio-early-setup install' && file_is "$card" || return 1
    early plan
    ends 0 && says "$dropin:1: claim" || return 1
    # The same group again, by the same or another function: nothing is added.
    pin_is 0 "$card" "note: group 1 is claimed already, by $dropin:1" --write 01:00.0 && file_is "$card" || return 1
    early pin --write 01:00.1
    ends 0 && says 'claimed already' && file_is "$card" || return 1
    early pin --write 00:1b.0
    ends 0 && file_is "$card"$'\n''claim device=0000:00:1b.0 expect=8086:8ca0:1458:a002'
}

# What was there stays, byte by byte, also without a newline at its end.
pin_keeps() {
    mkdir -p "$tree/etc/vfio-early.d"
    printf '# mine \377\n\nclaim group=6 name=a' >"$tree$dropin"
    early pin --write 01:00.0
    ends 0 && printf '# mine \377\n\nclaim group=6 name=a\n%s\n' "$card" | cmp - "$tree$dropin"
}

# Also with vfio_early=0 and with a rule of the kernel command line: what counts is what stays.
pin_despite() {
    echo "$1" >"$tree/proc/cmdline"
    early pin --write 01:00.0
    ends 0 && early pin --write 01:00.0 && ends 0 && says 'claimed already' && file_is "$card"
}

# refuses STATUS TEXT WORD...: says so, and no file was touched.
pin_refuses() {
    local want=$1 text=$2
    shift 2
    find "$tree/etc" -printf '%p %s %l %C@\n' >"$work/etc-before"
    early pin --write "$@"
    ends "$want" && says "$text" || return 1
    find "$tree/etc" -printf '%p %s %l %C@\n' | diff "$work/etc-before" -
}

pin_one_at_a_time() {
    mkdir -p "$tree/etc/vfio-early.d"
    flock "$tree/etc/vfio-early.d" "$program" --root "$tree" pin --write 01:00.0 >"$work/out" 2>"$work/err"
    status=$?
    ends 1 && says 'another run is writing' && [ ! -e "$tree$dropin" ]
}

# Another user may read all and print the line, and is told that it cannot be written.
pin_as_user() {
    cp "$program" "$work/program"
    chmod 755 "$work" "$work/program"
    local as=()
    [ "$(id -u)" != 0 ] || as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    [ "$("${as[@]}" "$work/program" --root "$tree" pin 01:00.0 2>&1)" = "$card" ] || return 1
    "${as[@]}" "$work/program" --root "$tree" pin --write 01:00.0 >"$work/out" 2>"$work/err"
    status=$?
    ends 1 && says 'Permission denied'
}

pin_files() {
    new_tree haswell
    t 'pin --write' pin_writes
    new_tree haswell
    t 'pin --write keeps what is there' pin_keeps
    new_tree haswell
    t 'pin --write while switched off' pin_despite vfio_early=0
    new_tree haswell
    t 'pin --write what the command line claims' pin_despite vfio_early.groups=1
    new_tree haswell
    mkdir "$tree/etc/vfio-early.d"
    ln -s ../passwd "$tree$dropin"
    t 'pin --write does not follow a link' pin_refuses 1 "$dropin: " 01:00.0
    rm "$tree$dropin" && mkdir "$tree$dropin"
    t 'pin --write: a folder in its place' pin_refuses 1 "$dropin: " 01:00.0
    new_tree haswell
    mkdir "$tree/etc/vfio-early.d"
    echo 'protect device=01:00.1' >"$tree/etc/vfio-early.d/a.conf"
    t 'pin --write: not what a guard refuses' pin_refuses 4 'protect: 0000:01:00.1' 01:00.0
    echo 'claim group=10' >"$tree/etc/vfio-early.d/a.conf"
    t 'pin --write: not beside a refused rule for the group' pin_refuses 4 \
        '/etc/vfio-early.d/a.conf:1: is about group 10 already, but: collateral' 00:1f.2
    new_tree haswell
    t 'pin --write: one at a time' pin_one_at_a_time
    new_tree haswell
    t 'pin as an ordinary user' pin_as_user
    rm -r "${tree:?}/etc"
    t 'pin --write: no /etc' pin_no_etc
}

pin_no_etc() {
    early pin --write 01:00.0
    ends 1 && says '/etc/vfio-early.d: No such file'
}

run_pin() {
    local machine
    : >"$work/pinned-devices"
    for machine in "$tests_dir"/fixtures/*.machine; do
        machine=${machine##*/}
        [ "$machine" != bare.machine ] || continue
        new_tree "${machine%.machine}"
        t "pin: every device of ${machine%.machine}" pin_every_device
    done
    t 'pin: so many devices were pinned' [ "$(awk '{ n += $1 } END { print n }' "$work/pinned-devices")" -ge 60 ]
    pin_says
    pin_files
}
