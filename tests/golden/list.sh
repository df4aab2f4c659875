# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables of lib.sh
#
# `list`: the groups, the names, one device with its guards, and that no name of somebody else's forges a line.
# Needs lib.sh.

# list_is STATUS TEXT WORD...: exactly that on standard output, and nothing on standard error.
list_is() {
    local want=$1 text=$2
    shift 2
    early list "$@"
    ends "$want" && diff <(printf '%s\n' "$text") <(sed 's/ *$//' "$work/out") && [ ! -s "$work/err" ]
}

# The three lines of a card, out of the whole list.
list_rows() {
    early list
    ends 0 && says '    1  0000:01:00.0  10de:13c2  0300 VGA controller       -              bus    claim   NVIDIA GM204 [GeForce GTX 970]' \
        '    1  0000:00:01.0  8086:0c01  0604 PCI-to-PCI bridge    pcieport       -      leave   Intel' \
        '   10  0000:00:1f.2  8086:8c82  0106 SATA controller      ahci           -      refuse  Intel' \
        '0300 VGA controller       i915           -      -       Intel (boot display)'
}

# Numeric order, each device once, those without a group at the end.
list_order() {
    early list
    diff <(awk 'NR > 1 { print $1 }' "$work/out") <(awk 'NR > 1 { print $1 }' "$work/out" | sed 's/-/99999/' | sort -n |
        sed 's/99999/-/') || return 1
    [ "$(awk 'NR > 1 { print $2 }' "$work/out" | sort -u | wc -l)" -eq "$(find "$tree/sys/bus/pci/devices" -mindepth 1 -maxdepth 1 | wc -l)" ]
}

# The JSON has the devices of the plan, each with what the plan says of it.
list_json_agrees() {
    early list --json
    ends 0 || return 1
    jq -S '[.groups[].devices[] | del(.class_name, .vendor_name, .device_name, .reset)] | sort_by(.address)' \
        "$work/out" >"$work/listed" || return 1
    jq -e '[.groups[] | .group as $g | .devices[] | .group == $g] | all' "$work/out" >/dev/null || return 1
    jq -e '[.groups[].group] | length == (unique | length)' "$work/out" >/dev/null || return 1
    early plan --json
    jq -S '.devices | sort_by(.address)' "$work/out" | diff - "$work/listed"
}

# list_json TEXT WORD...: an expression of jq that is true of the JSON.
list_json() {
    local want=$1
    shift
    early list --json "$@"
    jq -e "$want" "$work/out" >/dev/null || {
        cat "$work/out" "$work/err"
        return 1
    }
}

# fails STATUS TEXT WORD...: nothing on standard output, the text on standard error.
list_fails() {
    local want=$1 text=$2
    shift 2
    early list "$@"
    ends "$want" && says "$text" && [ ! -s "$work/out" ]
}

haswell_card='GROUP  ADDRESS       ID         CLASS                   DRIVER    RESET  POLICY  NAME
    1  0000:00:01.0  8086:0c01  0604 PCI-to-PCI bridge  pcieport  -      -       -
    1  0000:01:00.0  10de:13c2  0300 VGA controller     -         -      -       -
    1  0000:01:00.1  10de:0fbb  0403 multimedia device  -         -      -       -

The line for the policy:
  claim device=0000:01:00.0 path=0000:00:01.0/00.0 expect=10de:13c2:1043:8508,10de:0fbb:1043:8508'

# A small pci.ids: comments, subsystems, an entry behind the classes, a line without an end.
write_names() {
    mkdir -p "$tree/$(dirname "$1")"
    printf '%s\n' '# comment' '1002  ATI' $'\t67df  Ellesmere' '10de  NVIDIA' $'\t0fbb  GM204 High Definition Audio' \
        $'\t13c2  GM204 [GeForce GTX 970]' $'\t\t1043 8508  STRIX' '8086  Intel' 'C 03  Display' $'\t00  VGA' \
        '1af4  Behind' >"$tree/$1"
}

names_at() {
    new_tree haswell
    write_names "$1"
    list_json '[.groups[].devices[] | select(.id == "10de:13c2") | .vendor_name + "/" + .device_name] ==
        ["NVIDIA/GM204 [GeForce GTX 970]"]'
}

# Whatever is in such a file, it can neither write a line of its own nor send an escape sequence.
names_forge() {
    write_names usr/share/misc/pci.ids
    printf '10de  \033[31m\r\\n    9  0000:00:00.0 \xff\n\t13c2  x\033]0;y\007\n' >"$tree/usr/share/misc/pci.ids"
    early list
    ends 0 && [ "$(wc -l <"$work/out")" -eq 16 ] && says '\x1b[31m\x0d\\n    9  0000:00:00.0 \xff x\x1b]0;y\x07' || return 1
    ! grep '[^[:print:][:space:]]' "$work/out" || return 1
    list_json '[.groups[].devices[]] | length == 15' && ! grep '[^[:print:][:space:]]' "$work/out"
}

# names_odd FORMAT: a file that is no pci.ids does no harm.
names_odd() {
    # shellcheck disable=SC2059 # the format is the test's own
    printf "$1" >"$tree/usr/share/misc/pci.ids"
    early list
    ends 0 && [ "$(wc -l <"$work/out")" -eq 16 ] && [ ! -s "$work/err" ]
}

# On a terminal in colour, but not with NO_COLOR, and without colour the same text.
list_colour() {
    # shellcheck disable=SC2016 # the inner shell's
    local run='"$program" --root "$tree" list'
    export program tree
    TERM=xterm script -qec "$run" /dev/null </dev/null | tr -d '\r' >"$work/tty"
    TERM=xterm NO_COLOR=1 script -qec "$run" /dev/null </dev/null | tr -d '\r' >"$work/plain-tty"
    TERM=dumb script -qec "$run" /dev/null </dev/null | tr -d '\r' >"$work/dumb-tty"
    early list
    grep -q $'\033\\[1m' "$work/tty" && cmp "$work/out" "$work/plain-tty" && cmp "$work/out" "$work/dumb-tty" &&
        sed $'s/\033\\[[0-9]*m//g' "$work/tty" | cmp - "$work/out"
}

list_names() {
    new_tree haswell
    printf 'claim group=1\nclaim device=00:1f.2\n' >"$tree/etc/vfio-early.conf"
    echo bus >"$tree/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/reset_method"
    write_names usr/share/misc/pci.ids
    t 'list: rows' list_rows
    t 'list: colour on a terminal only' list_colour
    t 'list: reset methods in JSON' list_json '[.groups[].devices[] | select(.reset == ["bus"]) | .address] == ["0000:01:00.0"]'
    t 'list: pci.ids of hwdata' names_at usr/share/hwdata/pci.ids
    t 'list: pci.ids of others' names_at usr/share/pci.ids
    t 'list: pci.ids in its place' names_at usr/share/misc/pci.ids
    t 'list: names that forge' names_forge
    t 'list: an empty pci.ids' names_odd ''
    t 'list: a binary pci.ids' names_odd '\0\0\1\n\t\n\t\t\n10de\n10de  \n\t13c2\n'
    t 'list: a line that never ends' names_odd "10de  $(printf 'x%.0s' {1..20000})"
}

list_one_device() {
    new_tree haswell
    t 'list 01:00.0' list_is 0 "$haswell_card" 01:00.0
    t 'list 0000:01:00.0' list_is 0 "$haswell_card" 0000:01:00.0
    t 'list DEVICE: JSON' list_json '.claim != null and .guards == [] and ([.groups[].group] == [1])' 01:00.0
    t 'list DEVICE: a guard speaks' list_json '.guards | length == 1 and (.[0] | startswith("collateral: group 10"))' 00:1f.2
    t 'list DEVICE: a bridge' list_json '.claim == null and .guards == []' 00:01.0
    t 'list: malformed address' list_fails 2 '"1:0.0": expected a PCI address' 1:0.0
    t 'list: a name is no address' list_fails 2 '"gaming": expected a PCI address' gaming
    t 'list: not there' list_fails 4 'there is no PCI device 0000:05:00.0' 05:00.0
    new_tree ryzen
    printf 'claim device=0a:00.0 allow=collateral\nclaim device=0d:00.0\n' >"$tree/etc/vfio-early.conf"
    t 'list DEVICE: two guards speak, one after another' list_json \
        '[.guards[] | split(":")[0]] == ["bound", "console"]' 0b:00.0
    new_tree bare
    t 'list: no PCI' list_fails 5 'there is no PCI here'
    new_tree noiommu-intel
    t 'list DEVICE: no group' list_json '.claim == null and (.guards[0] | startswith("iommu:"))' 01:00.0
}

run_list() {
    local machine
    for machine in "$tests_dir"/fixtures/*.machine; do
        machine=${machine##*/}
        [ "$machine" != bare.machine ] || continue
        new_tree "${machine%.machine}"
        t "list: order of ${machine%.machine}" list_order
        echo 'claim group=1' >"$tree/etc/vfio-early.conf"
        t "list: JSON of ${machine%.machine} agrees with the plan" list_json_agrees
    done
    list_names
    list_one_device
}
