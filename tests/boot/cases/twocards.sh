# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Two display cards and their ports share one group: both cards are claimed, both ports are left.

machine twocards
words "vfio_early.groups=$(group_of 0000:01:00.0)"

check() {
    claimed 0000:01:00.0 0000:02:00.0
    left 0000:00:01.0 bochs-drm
    left 0000:00:05.0 pcieport
    left 0000:00:05.1 pcieport
    expect exit 0
    expect again 0
    expect unchanged
}
