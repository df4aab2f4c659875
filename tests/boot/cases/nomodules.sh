# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The image holds no VFIO module: no override stays behind, the host drivers take their devices.

machine card3
image nomodules
words vfio_early.devices=01:00.0

check() {
    left 0000:01:00.0 bochs-drm
    left 0000:01:00.1 snd_hda_intel
    left 0000:01:00.2 xhci_hcd
    expect device 0000:01:00.0 state failed
    expect device 0000:01:00.0 reason '*vfio*'
    expect exit 5
}
