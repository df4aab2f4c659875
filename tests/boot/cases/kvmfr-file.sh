# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The module is not there and a QEMU is started all the same: it makes a file where the device belongs. status and check
# name it with the cure, and a claim by hand does not load anything over it.

machine card3
full_only
no_control
root_qemu
policy <<POLICY
claim device=0000:01:00.0
kvmfr size=1M
POLICY
step before root /usr/sbin/vfio-early status
step qemu background /usr/bin/qemu -S -machine none -nodefaults -display none \
    -object memory-backend-file,id=screen,mem-path=/dev/kvmfr0,size=1M,share=on
step wait root /sbin/init wait 10
step status root /usr/sbin/vfio-early status
step check root /usr/sbin/vfio-early check
step now root /usr/sbin/vfio-early claim --now

check() {
    local cure='is a file, not a device: QEMU made it because kvmfr was not loaded; stop that machine, delete the file, load kvmfr'
    expect step before 5
    forbid said step/before "*is a file*"
    expect step status 5
    expect said step/status "*lost*$cure"
    expect said step/check "problem  kvmfr-node   /dev/kvmfr0 $cure"
    expect said step/now "*/dev/kvmfr0 $cure"
}
