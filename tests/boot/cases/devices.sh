# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The same card by the address of one function: the whole group comes along.

machine card3
words vfio_early.devices=01:00.0

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    left 0000:00:01.0 bochs-drm
    expect rule 1 rule 'cmdline: vfio_early.devices'
    expect exit 0
    expect again 0
    expect unchanged
}
