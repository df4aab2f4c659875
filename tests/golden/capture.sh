# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables of lib.sh
#
# `capture`: a tree made of what it writes gives the same plan, list and record as the tree that it saw; and nothing in
# it tells whose machine that was. Needs lib.sh.

# What counts: the plan for a policy that looks at everything, and the list.
decision() {
    "$program" --root "$1" plan --json --policy "$work/asked" 2>&1
    "$program" --root "$1" list --json 2>&1
}

capture_again() {
    rm -rf "$work/again" "$work/record" "$work/record2"
    "$program" --root "$tree" capture "$work/record" >"$work/out" 2>"$work/err"
    status=$?
    ends 0 && [ ! -s "$work/out" ] && [ ! -s "$work/err" ] || return 1
    "$tests_dir/fixtures/make-tree" "$work/record" "$work/again" || return 1
    printf '%s\n' 'claim group=1' 'claim path=00:01.0/00.0' 'claim id=10de:13c2' 'claim device=00:02.0' \
        'claim group=14' 'claim id=1002:67df optional' 'protect id=8086:8c82' >"$work/asked"
    diff <(decision "$tree") <(decision "$work/again") || return 1
    "$program" --root "$work/again" capture - | diff "$work/record" -
}

# The devices of the record are those of the fixture, each at its depth; the order of some fixtures is another.
capture_same_text() {
    early capture -
    ends 0 && diff <(grep '^ *[0-9a-f]*:' "$work/out" | sort) <(grep '^ *[0-9a-f]*:' "$tests_dir/fixtures/$1.machine" | sort)
}

# Everything that tells this machine from its twin is in the tree, and nothing of it in the record.
capture_no_names() {
    local dev=$tree/sys/devices/pci0000:00/0000:00:19.0
    echo 'BOOT_IMAGE=/vmlinuz-mybox root=UUID=5eca1-secret rd.luks.uuid=secret ip=10.0.0.5::10.0.0.1::mybox' \
        'systemd.hostname=mybox BOOTIF=01-52-54-00-12-34-56 ifname=bootnet:52:54:00:12:34:56 iscsi_password=secret' \
        'intel_iommu=on vfio_pci.ids=10de:13c2 vfio_early.groups=1 "video=a b" mybox -- secret' >"$tree/proc/cmdline"
    mkdir -p "$dev/net/eth0" "$tree/sys/class/dmi/id" "$tree/proc/sys/kernel"
    echo 52:54:00:12:34:56 >"$dev/net/eth0/address"
    echo mybox >"$tree/proc/sys/kernel/hostname"
    echo mybox >"$tree/etc/hostname"
    echo secret >"$tree/sys/class/dmi/id/product_serial"
    printf 'serial\t: secret\n' >>"$tree/proc/cpuinfo"
    echo secret >"$dev/serial_number"
    echo 'claim group=1 name=secret # mybox' >"$tree/etc/vfio-early.conf"
    early capture -
    ends 0 && says 'cmdline intel_iommu=on vfio_pci.ids=10de:13c2 vfio_early.groups=1 video="a b"' &&
        ! grep -iE 'secret|mybox|52:54|52-54|UUID|10\.0\.0' "$work/out"
}

# A name with anything in it becomes a word, and the record is still read.
capture_forge() {
    ln -sfn $'../../../../bus/pci/drivers/a b\n0000:09:00.0 x' "$tree/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/driver"
    mkdir "$tree/sys/class/iommu/"$'dm\nar \033[31m' "$tree/sys/bus/pci/drivers/"$'odd one\n'
    printf 'vendor_id\t: Genuine\033[31m Intel\n' >"$tree/proc/cpuinfo"
    printf 'intel_iommu=\033[31mon quiet' >"$tree/proc/cmdline"
    early capture -
    ends 0 && ! grep '[^[:print:][:space:]]' "$work/out" && [ "$(grep -c '^ *[0-9a-f]*:' "$work/out")" -eq 15 ] || return 1
    cp "$work/out" "$work/forged"
    rm -rf "$work/again"
    "$tests_dir/fixtures/make-tree" "$work/forged" "$work/again"
}

# capture_fails STATUS TEXT FILE
capture_fails() {
    early capture "$3"
    ends "$1" && says "$2" && [ ! -s "$work/out" ]
}

capture_files() {
    new_tree haswell
    echo mine >"$work/exists"
    t 'capture: a file that exists stays' capture_fails 1 "$work/exists: File exists" "$work/exists"
    t 'capture: it is unchanged' grep -qx mine "$work/exists"
    ln -sf "$work/target" "$work/link"
    t 'capture: a link is not followed' capture_fails 1 "$work/link: File exists" "$work/link"
    t 'capture: no such folder' capture_fails 1 'nowhere/x: No such file' "$work/nowhere/x"
    t 'capture: escape sequences in the name' capture_fails 1 'nowhere/\x1b[31m: No such file' "$work/nowhere/"$'\033[31m'
    t 'capture: half a record is removed' capture_half
    new_tree noiommu-amd
    rm "$tree"/sys/devices/pci0000:00/*/{modalias,vendor}
    t 'capture: devices that cannot be read are told' capture_unreadable
}

capture_half() {
    big_machine >"$work/big.machine"
    rm -rf "$work/big"
    "$tests_dir/fixtures/make-tree" "$work/big.machine" "$work/big"
    (
        trap '' XFSZ
        ulimit -f 1
        "$program" --root "$work/big" capture "$work/half" 2>"$work/err"
    )
    status=$?
    : >"$work/out"
    ends 1 && says 'half: File too large' && [ ! -e "$work/half" ]
}

capture_unreadable() {
    early capture -
    ends 5 && says 'could not be read and are not in the record'
}

run_capture() {
    local machine
    for machine in "$tests_dir"/fixtures/*.machine; do
        machine=${machine##*/}
        machine=${machine%.machine}
        new_tree "$machine"
        t "capture: $machine" capture_again
        [ "$machine" = bare ] || t "capture: the lines of $machine" capture_same_text "$machine"
    done
    new_tree haswell
    echo 'flr bus' >"$tree/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/reset_method"
    echo 1 >"$tree/sys/devices/pci0000:00/0000:00:1b.0/boot_display"
    t 'capture: reset methods' capture_again
    t 'capture: nobody is named' capture_no_names
    new_tree haswell
    t 'capture: names that forge' capture_forge
    capture_files
}
