# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Three identical cards, 1234:1111. Exactly one is claimed; the console and the twin stay with their driver.

machine twins
words vfio_early.devices=0000:01:00.0

check() {
    claimed 0000:01:00.0
    left 0000:00:01.0 bochs-drm
    left 0000:02:00.0 bochs-drm
    expect device 0000:02:00.0 state none
    expect exit 0
    expect again 0
    expect unchanged
}
