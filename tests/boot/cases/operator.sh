# shellcheck shell=bash disable=SC2154 # variables of lib/case.sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a person asks and does before the next boot, on a real sysfs: list, pin, capture, as root and as somebody else.
# The card here is claimed by the kernel command line; pinning it makes that last.

machine twins
words rw vfio_early.devices=01:00.0
no_control
step list root /usr/sbin/vfio-early list
step one root /usr/sbin/vfio-early list 0000:02:00.0
step json root /usr/sbin/vfio-early list --json 02:00.0
step user user /usr/sbin/vfio-early list
step pin user /usr/sbin/vfio-early pin 01:00.0
step refused user /usr/sbin/vfio-early pin --write 01:00.0
step whole-list root /usr/sbin/vfio-early list --json
step whole-plan root /usr/sbin/vfio-early plan --json
step written root /usr/sbin/vfio-early pin --write --name gaming 01:00.0
step twice root /usr/sbin/vfio-early pin --write 01:00.0
step planned root /usr/sbin/vfio-early plan --cmdline quiet
step capture user /usr/sbin/vfio-early capture -
step record root /usr/sbin/vfio-early capture /run/machine
step nowhere root /usr/sbin/vfio-early pin 09:00.0

# What the machine says of itself, and what the program says on the host of a tree made of its record.
as_recorded() {
    local tree=$case_dir/recorded machine=$case_dir/record.machine command
    sed -n 's,^step/capture ,,p' "$case_dir/facts" >"$machine"
    rm -rf "$tree"
    "$TOP_DIR/tests/fixtures/make-tree" "$machine" "$tree"
    for command in list plan; do
        diff <(sed -n "s,^step/whole-$command ,,p" "$case_dir/facts") \
            <("$TOP_DIR/build/vfio-early" --root "$tree" $command --json) >"$case_dir/recorded-$command.diff" &&
            said[recorded]+="$command is the same"$'\n'
    done
}

check() {
    local name
    claimed 0000:01:00.0
    for name in list one json user pin written twice planned capture record whole-list; do
        expect step $name 0
    done
    expect said step/list '*  0000:01:00.0  1234:1111 *  vfio-pci  *  claim *'
    expect said step/list '*  0000:02:00.0  1234:1111 *  bochs-drm  *  -  *'
    expect said step/list '*  0000:00:01.0  1234:1111 *  bochs-drm  *[(]boot display[)]'
    expect said step/user '*  0000:01:00.0  1234:1111 *  vfio-pci  *'
    expect said step/one 'claim device=0000:02:00.0 path=0000:00:06.0/00.0 expect=1234:1111:*'
    expect said step/json '"claim":"claim device=0000:02:00.0 *'
    expect said step/pin 'claim device=0000:01:00.0 path=0000:00:05.0/00.0 expect=1234:1111:*'
    expect said step/pin '*note: 0000:01:00.0 has an identical twin: *0000:02:00.0*'
    expect step refused 1
    expect said step/refused '*Permission denied'
    expect said step/written '*written to /etc/vfio-early.d/50-pin.conf*'
    expect said step/twice '*is claimed already, by /etc/vfio-early.d/50-pin.conf:1'
    expect said step/planned '/etc/vfio-early.d/50-pin.conf:1: claim device=0000:01:00.0 *'
    expect said step/planned '*  0000:01:00.0 *claim *'
    expect said step/capture '0000:01:00.0 0[0-9a-f]* 1234:1111 *vfio-pci*'
    expect said step/capture 'cmdline *intel_iommu=on *vfio_early.devices=01:00.0*'
    forbid said step/capture '*root=*'
    forbid said step/capture '*test_nonce*'
    as_recorded
    expect said recorded 'list is the same'
    expect said recorded 'plan is the same'
    expect step nowhere 4
    for name in list one json user pin refused written twice planned capture record nowhere; do
        expect said step/$name/changed no
    done
}
