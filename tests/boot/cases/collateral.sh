# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The same group without consent: nothing is claimed, and the reason names the network card.

machine pcibridge
words vfio_early.devices=02:01.0

check() {
    left 0000:02:01.0 bochs-drm
    left 0000:02:02.0 e1000
    expect rule 1 state refused
    expect rule 1 reason '*0000:02:02.0*'
    expect exit 4
    expect again 4
    expect unchanged
}
