# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # variables of lib.sh
#
# `status` over a recorded machine whose devices are moved by hand after the claim. Needs lib.sh.

# bound ADDRESS DRIVER: what the kernel would show; - is no driver.
bound() {
    local dir=$tree/sys/bus/pci/devices/$1
    rm -f "$dir/driver"
    [ "$2" = - ] || ln -s "../../../../bus/pci/drivers/$2" "$dir/driver"
}

# overridden ADDRESS DRIVER
overridden() {
    echo "$2" >"$tree/sys/bus/pci/devices/$1/driver_override"
}

# A card on vfio-pci, and the report of a boot that is content with it.
claimed_card() {
    local address
    new_tree haswell
    mkdir -p "$tree/sys/bus/pci/drivers/vfio-pci" "$tree/etc/vfio-early.d"
    for address in 0000:01:00.0 0000:01:00.1; do
        bound $address vfio-pci
        overridden $address vfio-pci
    done
    echo "${1:-claim group=1 name=gaming}" >"$tree/etc/vfio-early.conf"
    early claim
}

# tells STATUS TEXT...: status ends so and says this; as JSON it ends alike and parses.
tells() {
    local want=$1
    shift
    early status "${words[@]}"
    ends "$want" && says "$@" || return 1
    early status "${words[@]}" --json
    ends "$want" && json ".status == $want"
}

# json FILTER: true for the JSON that tells() has left.
json() {
    jq -e "$1" "$work/out" >/dev/null || {
        cat "$work/out"
        return 1
    }
}

# The sanitized build agrees.
sane() {
    early status "${words[@]}"
    "$sanitized" --root "$tree" status "${words[@]}" >"$work/asan-out" 2>"$work/asan-err" </dev/null
    [ $? -eq "$status" ] && cmp "$work/out" "$work/asan-out" && cmp "$work/err" "$work/asan-err"
}

status_devices() {
    local words=()
    t 'status: holds' tells 0 'boot: done: nothing to change, 2 devices are ours already (exit status 0)' \
        '    1  0000:01:00.0  10de:13c2  vfio-pci        holds'
    t 'status --json: holds' json '[.devices[] | select(.action == "claim") | .now] == ["holds", "holds"]'
    t 'status: sanitizers' sane
    overridden 0000:01:00.0 '(null)'
    t 'status: the override is gone' tells 0 'holds: but its driver_override is gone'
    bound 0000:01:00.1 snd_hda_intel
    t 'status: another driver' tells 4 'lost: snd_hda_intel has it now' '    lost: 0000:01:00.1: snd_hda_intel has it now'
    t 'status --json: another driver' json '.rules[0].now == "lost" and .devices[2].driver == "snd_hda_intel"'
    bound 0000:01:00.1 -
    t 'status: no driver' tells 4 'lost: no driver has it now'
    bound 0000:01:00.1 vfio-pci
    echo 0x1234 >"$tree/sys/bus/pci/devices/0000:01:00.1/device"
    rm "$tree/sys/bus/pci/devices/0000:01:00.1/modalias"
    t 'status: another device' tells 4 'gone: another device is there now: 10de:1234'
    rm -r "$tree/sys/bus/pci/devices/0000:01:00.1"
    t 'status: no device' tells 4 'gone: there is no such device now'
    rm -r "$tree/sys/bus/pci/devices"
    t 'status: no PCI' tells 4 'gone: there is no such device now'
}

status_operands() {
    local words=(gaming)
    t 'status NAME' tells 0 '    holds'
    bound 0000:01:00.1 -
    t 'status NAME: lost' tells 4 '    lost: 0000:01:00.1'
    words=(01:00.0)
    t 'status DEVICE' tells 0 '0000:01:00.0'
    words=(0000:01:00.1)
    t 'status DEVICE: lost' tells 4 'lost: no driver has it now'
    words=(nobody)
    t 'status NAME: not there' tells 4 'the boot knew no rule with name=nobody'
    words=(00:02.0)
    t 'status DEVICE: not there' tells 4 'the boot did nothing with the device 0000:00:02.0'
    words=(01:00)
    t 'status DEVICE: malformed' tells 2 '"01:00": '
    words=($'a\nb')
    t 'status NAME: malformed' tells 2 '"a\x0ab": expected the name= of a rule'
}

# A second rule takes the same group: it holds by the same devices.
status_two_rules() {
    local words=(second)
    claimed_card $'claim group=1\nclaim device=01:00.0 name=second'
    t 'status: two rules for a group' tells 0 '0000:01:00.1' '    holds'
    bound 0000:01:00.0 -
    t 'status: two rules lose a group' tells 4 '    lost: 0000:01:00.0'
}

status_rules() {
    local words=()
    claimed_card $'claim group=1\nclaim group=10 name=disk'
    t 'status: refused' tells 4 'refused: '
    words=(disk)
    t 'status NAME: refused' tells 4 'refused: '
    words=()
    claimed_card $'claim group=1\nclam'
    t 'status: an error in the policy' tells 3 'problem: /etc/vfio-early.conf:2: '
    claimed_card $'claim group=1\nclaim id=dead:beef name=maybe optional'
    words=(maybe)
    t 'status: absent and optional' tells 0 'absent'
    claimed_card 'claim id=dead:beef name=never'
    words=(never)
    t 'status: absent' tells 4 'absent: '
    words=()
    echo vfio_early=0 >"$tree/proc/cmdline"
    early claim
    t 'status: switched off' tells 0 'boot: disabled: switched off'
}

status_policy() {
    local words=()
    claimed_card
    t 'status: the policy as it was' tells 0
    t 'status --json: the policy as it was' json '.policy == [{policy: "/etc/vfio-early.conf", hash: .policy[0].hash,
        now: "holds", note: ""}] and .policy_new == []'
    echo '# a word' >>"$tree/etc/vfio-early.conf"
    t 'status: the policy changed' tells 0 'policy: /etc/vfio-early.conf: changed since the boot' vfio-early-setup
    : >"$tree/etc/vfio-early.d/new.conf"
    t 'status: a new file' tells 0 'policy: /etc/vfio-early.d/new.conf: the boot did not have it'
    t 'status --json: a new file' json '.policy_new == ["/etc/vfio-early.d/new.conf"]'
    rm "$tree/etc/vfio-early.conf"
    t 'status: a file is gone' tells 0 'policy: /etc/vfio-early.conf: the boot had it, it is gone now'
    mkdir "$tree/etc/vfio-early.conf"
    t 'status: a file that cannot be read' tells 0 'cannot be compared: Is a directory'
}

status_memory() {
    local words=() pages=$tree/sys/kernel/mm/hugepages/hugepages-2048kB
    mkdir -p "$pages"
    echo 8 >"$pages/nr_hugepages"
    claimed_card 'hugepages size=2M count=8'
    mkdir -p "$pages"
    echo 8 >"$pages/nr_hugepages"
    early claim
    t 'status: huge pages' tells 0 'holds: 8 of 8 pages'
    echo 6 >"$pages/nr_hugepages"
    t 'status: fewer huge pages' tells 4 'lost: 6 of 8 pages'
    claimed_card
    : >"$tree/dev/kvmfr0"
    t 'status: a file where kvmfr should be' tells 0 '/dev/kvmfr0: is a file, not a device: QEMU made it'
    rm "$tree/dev/kvmfr0"
    claimed_card 'kvmfr size=16M name=glass'
    words=(glass)
    t 'status: kvmfr was not loaded' tells 4 'not loaded: '
    : >"$tree/dev/kvmfr0"
    t 'status: kvmfr, and a file' tells 4 'lost: is a file, not a device: QEMU made it'
}

# A part of a report is not taken for the whole; a claim writes it again, while a whole one stays as it is.
cut_report() {
    local report=$tree/run/vfio-early/report
    cp "$report" "$work/whole"
    sed -i 's/^version=.*/version=0/' "$report"
    early claim
    t 'claim: a whole report of this boot stays' grep -qx version=0 "$report"
    head -n -2 "$work/whole" >"$report"
    t 'status: a truncated report' tells 5 '/run/vfio-early/report: truncated: '
    early claim
    t 'claim: a truncated report is written again' cmp "$report" "$work/whole"
}

# A report that is none.
status_report() {
    local words=()
    claimed_card
    cut_report
    printf 'version=1\nstate=done\033[31m\n\nend=\n' >"$tree/run/vfio-early/report"
    t 'status: a damaged report' tells 5 '/run/vfio-early/report: damaged'
    rm "$tree/run/vfio-early/report"
    t 'status: no report' tells 5 'this boot did not run vfio-early; try: vfio-early check'
    words=(gaming)
    t 'status NAME: no report' tells 5 'this boot did not run vfio-early'
    mkdir -p "$tree/dev/.vfio-early"
    printf 'version=1\nstate=nothing\nexit=0\nsummary=a \\x0a\\\\ b\n' >"$tree/dev/.vfio-early/report"
    words=()
    t "status: the overlay's report, truncated" tells 5 '/dev/.vfio-early/report: truncated: '
    printf '\nend=\n' >>"$tree/dev/.vfio-early/report"
    t "status: the overlay's report" tells 0 'boot: nothing: a \x0a\\ b (exit status 0)'
}

run_status() {
    claimed_card
    status_devices
    claimed_card
    status_operands
    status_two_rules
    status_rules
    status_policy
    status_memory
    status_report
}
