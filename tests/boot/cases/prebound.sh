# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every rival driver is bound before vfio-early runs: it makes them let go, and takes the card.

machine card3
image early
words vfio_early.devices=01:00.0 test_early=prebound

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    left 0000:00:01.0 bochs-drm
    expect device 0000:01:00.0 driver-before bochs-drm
    expect device 0000:01:00.1 driver-before snd_hda_intel
    expect device 0000:01:00.2 driver-before xhci_hcd
    expect exit 0
    expect again 0
    expect unchanged
}
