# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The overlay archive alone changes nothing: without rdinit= the rivals win, and the image boots as it did.

machine card3
full_only
is_control
overlay odd
without_rdinit
policy <<POLICY
claim device=0000:01:00.0
POLICY

check() {
    left 0000:00:01.0 bochs-drm
    left 0000:01:00.0 bochs-drm
    left 0000:01:00.1 snd_hda_intel
    left 0000:01:00.2 xhci_hcd
    expect report-file none
}
