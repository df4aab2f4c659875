# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Network cards whose modules only the real root has. Released, one gets its driver, loaded for it; the module of
# another is blacklisted, those of the third have install lines, and that is said.

machine nets
no_control
words vfio_early.devices=01:00.0,02:00.0,03:00.0 vfio_early.allow=collateral
root_module vmxnet3 e1000e 8139cp 8139too mii
policy modprobe.d/test.conf <<'POLICY'
blacklist e1000e
install 8139cp /bin/true
install 8139too /bin/true
POLICY
step release root /usr/sbin/vfio-early release 01:00.0
step release-other root /usr/sbin/vfio-early release 02:00.0
step release-third root /usr/sbin/vfio-early release 03:00.0
step again root /usr/sbin/vfio-early claim --now 01:00.0

check() {
    claimed 0000:01:00.0 0000:02:00.0 0000:03:00.0
    expect step release 0
    expect said step/release '0000:01:00.0  vfio-pci -> vmxnet3'
    expect said step/release/was '*vfio-pci vfio-pci now 0000:01:00.0 vmxnet3 *'
    expect step release-other 0
    expect said step/release-other '0000:02:00.0  vfio-pci -> no driver: no driver took it: its module is blacklisted*'
    expect step release-third root /usr/sbin/vfio-early release 03:00.0
step again 0
    expect said step/again '0000:01:00.0  vmxnet3 -> vfio-pci'
}
