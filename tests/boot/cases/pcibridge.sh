# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A display and a network card behind a PCIe-to-PCI bridge: one group, the bridge is left.
# Network in a group of several slots needs consent.

machine pcibridge
words "vfio_early.groups=$(group_of 0000:02:01.0) vfio_early.allow=collateral"

check() {
    claimed 0000:02:01.0 0000:02:02.0
    left 0000:01:00.0 -
    left 0000:00:01.0 bochs-drm
    expect exit 0
    expect again 0
    expect unchanged
}
