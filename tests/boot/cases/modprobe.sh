# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What modprobe.d says of vfio-pci in the image: its options count; its blacklist line and its install line, which
# would load nothing, do not.

machine card3
words vfio_early.devices=01:00.0
policy modprobe.d/vfio-test.conf <<CONF
options vfio-pci disable_idle_d3=1
blacklist vfio-pci
blacklist vfio_iommu_type1
install vfio-pci /bin/false
install vfio /bin/false
CONF

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    left 0000:00:01.0 bochs-drm
    expect said disable-idle-d3 Y
    expect exit 0
}
