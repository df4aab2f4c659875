# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The claim fails after the boot went on: it is a slow one (see case slow), and its last module is no module. The drivers
# that passed the devices by meanwhile get them back, and the report says what happened.

machine card3
image badmodule
words vfio_early.devices=01:00.0 test_early=slow

check() {
    left 0000:01:00.0 bochs-drm
    left 0000:01:00.1 snd_hda_intel
    left 0000:01:00.2 xhci_hcd
    expect device 0000:01:00.0 state failed
    expect device 0000:01:00.0 reason '*vfio-pci*'
    expect exit 5
    expect console '*slow-claim: stopped [0-9]*'
    after_root 'vfio-early: devices: 0 claimed'
}
