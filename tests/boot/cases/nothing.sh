# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# No policy at all: nothing is touched, and the report says so.

machine card3

check() {
    left 0000:01:00.0 bochs-drm
    left 0000:01:00.1 snd_hda_intel
    expect report state nothing
    expect exit 0
    expect again 0
    expect unchanged
}
