# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A QEMU inside the machine is started with the very words that `show qemu` prints. It has the group open then: release
# refuses, and names it. Its processor is stopped, so that nothing runs in it.

machine card3
no_control
root_qemu
policy <<'POLICY'
claim device=01:00.0 expect=1234:1111,8086:2668,1b36:000d name=gaming
POLICY
step show root /usr/sbin/vfio-early show qemu gaming
step before root /usr/sbin/vfio-early release 01:00.0
step claim root /usr/sbin/vfio-early claim --now gaming
step qemu background /sbin/init shown /usr/bin/qemu -S -machine q35,accel=tcg -m 16M -nodefaults -display none -vga none \
    -- /usr/sbin/vfio-early show qemu gaming
step wait root /sbin/init wait 20
step release root /usr/sbin/vfio-early release gaming
step status root /usr/sbin/vfio-early status gaming

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    expect step show 0
    expect said step/show '-device vfio-pci,host=0000:01:00.0 *'
    expect said step/show '-device vfio-pci,host=0000:01:00.1 *'
    expect said step/show '-device vfio-pci,host=0000:01:00.2'
    expect step before 0
    expect step claim 0
    expect step release 4
    expect said step/release 'vfio-early: IOMMU group * is in use by process * (qemu)'
    expect said step/release/changed no
    expect step status 0
}
