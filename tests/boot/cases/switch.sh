# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Claims by the path through a switch and below a second root bus. A port of the switch is in the card's group: it stays
# with its driver, and VFIO calls the group viable all the same.

machine switch
full_only
policy <<'POLICY'
claim path=00:05.0/00.0/00.0/00.0
claim path=40:00.0/00.0
claim id=1b36:0010
POLICY

check() {
    claimed 0000:03:00.0 0000:03:00.1 0000:05:00.0 0000:41:00.0
    left 0000:02:00.0 pcieport
    left 0000:04:00.0 -
    left 0000:00:01.0 bochs-drm
    expect device 0000:02:00.0 reason '*bridge, stays with its driver'
    expect exit 0
    expect again 0
    expect unchanged
}
