# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The claim is slow: it is stopped when the boot goes on, until somebody waits for it. Meanwhile udev starts the rivals,
# which get the host's display and nothing of the card, and the root is mounted. Its init finds all of it claimed.

machine card3
image early
words vfio_early.devices=01:00.0 test_early=slow

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    left 0000:00:01.0 bochs-drm
    expect report state 'done'
    expect exit 0
    expect console '*slow-claim: stopped [0-9]*'
    after_root 'vfio-early: devices: 3 claimed'
}
