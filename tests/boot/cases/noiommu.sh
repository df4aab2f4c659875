# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The machine has no IOMMU: nothing is claimed, and the report says what is missing.

machine noiommu
words vfio_early.devices=01:00.0

check() {
    left 0000:01:00.0 bochs-drm
    left 0000:01:00.1 snd_hda_intel
    expect rule 1 reason '*no IOMMU group*VT-d*'
    expect exit 5
    expect again 5
    expect unchanged
}
