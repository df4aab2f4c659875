# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The identity is not what the policy says: nothing is claimed, and the reason names what differs.

machine card3
policy <<POLICY
claim device=0000:01:00.0 expect=1234:1111,8086:2669,1b36:000d
POLICY

check() {
    left 0000:01:00.0 bochs-drm
    left 0000:01:00.1 snd_hda_intel
    left 0000:01:00.2 xhci_hcd
    expect rule 1 state refused
    expect rule 1 reason '*8086:2668*'
    expect rule 1 reason '*expect*'
    expect exit 4
    expect again 4
    expect unchanged
}
