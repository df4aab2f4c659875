# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The identity is not what the policy says: nothing is claimed, and the boot goes on all the same.

machine card3
generator mkosi
only_on 7
policy <<POLICY
claim device=0000:01:00.0 expect=1234:1111,8086:2669,1b36:000d
POLICY

check() {
    left 0000:00:01.0 bochs-drm
    left 0000:01:00.0 bochs-drm
    expect rule 1 state refused
    expect exit 4
}
