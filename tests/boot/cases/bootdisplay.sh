# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Two rules together take every display: the one that takes the boot display is refused, the other stands.

machine card3
words vfio_early.devices=00:01.0,01:00.0

check() {
    left 0000:00:01.0 bochs-drm
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    expect rule 1 state refused
    expect rule 1 reason '*display*'
    expect rule 2 state claimed
    expect exit 4
    expect again 4
    expect unchanged
}
