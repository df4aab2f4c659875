# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# One id rule takes every display: it is refused, as the host would have none.

machine twins
words vfio_early.ids=1234:1111

check() {
    left 0000:00:01.0 bochs-drm
    left 0000:01:00.0 bochs-drm
    left 0000:02:00.0 bochs-drm
    expect rule 1 state refused
    expect rule 1 reason '*display*'
    expect exit 4
    expect again 4
    expect unchanged
}
