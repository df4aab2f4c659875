# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The way back from the boot menu: vfio_early=0 beside a policy that would claim.

machine card3
words vfio_early=0
policy <<POLICY
claim device=0000:01:00.0
POLICY

check() {
    left 0000:01:00.0 bochs-drm
    left 0000:01:00.1 snd_hda_intel
    left 0000:01:00.2 xhci_hcd
    expect report state disabled
    expect exit 0
    expect again 0
    expect unchanged
}
