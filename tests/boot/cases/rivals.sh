# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Without vfio-early the rivals win: every function is on its host driver, and VFIO has no group.

machine card3
is_control

check() {
    left 0000:00:01.0 bochs-drm
    left 0000:01:00.0 bochs-drm
    left 0000:01:00.1 snd_hda_intel
    left 0000:01:00.2 xhci_hcd
    expect viable 0000:01:00.0 none
    expect report-file none
}
