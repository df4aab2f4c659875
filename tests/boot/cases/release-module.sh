# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Network cards whose modules only the real root has. Released, one gets its driver, loaded for it; the module of
# another is blacklisted, those of the third have install lines, and that is said. Then the machine has a network card
# with an address and a disk with a serial number: its record has neither.

machine nets
no_control
words vfio_early.devices=01:00.0,02:00.0,03:00.0 vfio_early.allow=collateral systemd.hostname=secret-host
root_module vmxnet3 e1000e 8139cp 8139too mii vfio-pci vfio_iommu_type1
policy modprobe.d/test.conf <<'POLICY'
blacklist e1000e
install 8139cp /bin/true
install 8139too /bin/true
POLICY
step release root /usr/sbin/vfio-early release 01:00.0
step release-other root /usr/sbin/vfio-early release 02:00.0
step release-third root /usr/sbin/vfio-early release 03:00.0
step manifest root /usr/sbin/vfio-early manifest
step capture root /usr/sbin/vfio-early capture -
step address root /sbin/init read /sys/bus/pci/devices/0000:01:00.0/net/eth0/address
step serial root /sbin/init read /sys/block/sda/device/wwid
step board root /sbin/init read /sys/class/dmi/id/product_serial
step again root /usr/sbin/vfio-early claim --now 01:00.0

check() {
    claimed 0000:01:00.0 0000:02:00.0 0000:03:00.0
    expect step release 0
    expect said step/release '0000:01:00.0  vfio-pci -> vmxnet3'
    expect said step/release/was '*vfio-pci vfio-pci now 0000:01:00.0 vmxnet3 *'
    expect step release-other 0
    expect said step/release-other '0000:02:00.0  vfio-pci -> no driver: no driver took it: its module is blacklisted*'
    expect step release-third 0
    expect said step/release-third '0000:03:00.0  vfio-pci -> no driver: no driver took it: its module has an install line*'
    expect said step/address '52:54:00:5e:c1:e7*'
    expect said step/serial '*secret-disk*'
    expect said step/board '*secret-board*'
    expect step manifest 0
    expect said step/manifest 'binary /usr/sbin/vfio-early'
    expect said step/manifest 'module vfio[-_]pci'
    expect step capture 0
    expect said step/capture '*0000:01:00.0 *vmxnet3*'
    forbid said step/capture '*52:54*'
    forbid said step/capture '*secret*'
    expect step again 0
    expect said step/again '0000:01:00.0  vmxnet3 -> vfio-pci'
}
