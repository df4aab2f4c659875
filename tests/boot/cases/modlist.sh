# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# No index in the image knows the modules of VFIO, so that libkmod finds none: the list that the image was made with
# is what they are loaded by. With two processors, which load side by side what does not need each other.

machine card3
image noindex
processors 2
words vfio_early.devices=01:00.0

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    left 0000:00:01.0 bochs-drm
    expect exit 0
}
