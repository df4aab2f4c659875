# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A member of the group is protected: nothing of the group is claimed, whatever another rule says.

machine card3
policy <<POLICY
protect device=0000:01:00.2
claim device=0000:01:00.0 allow=console,collateral
POLICY

check() {
    left 0000:01:00.0 bochs-drm
    left 0000:01:00.1 snd_hda_intel
    left 0000:01:00.2 xhci_hcd
    expect device 0000:01:00.0 state refused
    expect device 0000:01:00.0 reason '*protect*'
    expect exit 4
    expect again 4
    expect unchanged
}
