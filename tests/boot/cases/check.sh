# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `check` on a real sysfs and procfs, as root and as somebody else: what is right, and what would be wrong with other
# claims. The root disk is 00:03.0; the real root has no modules, no images and no network.

machine card3
words rw vfio_early.devices=01:00.0
no_control
step check root /usr/sbin/vfio-early check
step user user /usr/sbin/vfio-early check
step disk root /usr/sbin/vfio-early check --cmdline vfio_early.devices=00:03.0
step boot root /usr/sbin/vfio-early check --cmdline vfio_early.devices=00:01.0
step old root /usr/sbin/vfio-early check --cmdline vfio-pci.ids=1234:1111
step json root /usr/sbin/vfio-early check --json

check() {
    local name
    claimed 0000:01:00.0
    for name in check user boot old json; do
        expect step $name 0
    done
    for name in check user; do
        expect said step/$name 'ok       rules        claims: 1, devices: 3'
        expect said step/$name 'ok       iommu        on, groups: *'
        expect said step/$name 'ok       remapping    interrupts are remapped'
        expect said step/$name 'unknown  vfio         there is no module index of Linux 6.*'
        expect said step/$name 'ok       acs          *'
        expect said step/$name 'ok       console      another display stays with the host'
        expect said step/$name 'ok       framebuffer  *'
        expect said step/$name 'ok       storage      no disk of the host *'
        expect said step/$name 'ok       input        no keyboard or mouse *'
        expect said step/$name 'unknown  network      *'
        expect said step/$name 'ok       leftovers    *'
        expect said step/$name 'unknown  image        *'
        forbid said step/$name 'problem *'
    done
    expect step disk 4
    expect said step/disk 'problem  storage      0000:00:03.0 holds / (vda); *'
    expect said step/boot 'warning  console      0000:00:01.0 is the display that the firmware uses*'
    expect said step/old 'warning  leftovers    kernel command line: vfio-pci takes 0000:00:01.0 (1234:1111)*'
    expect said step/json '"status":0}'
    for name in check user disk boot old json; do
        expect said step/$name/changed no
    done
}
