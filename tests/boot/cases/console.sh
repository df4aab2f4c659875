# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The same with consent: every display is claimed, the host boots on with none.

machine card3
words vfio_early.devices=00:01.0,01:00.0 vfio_early.allow=console

check() {
    claimed 0000:00:01.0 0000:01:00.0 0000:01:00.1 0000:01:00.2
    expect exit 0
    expect again 0
    expect unchanged
}
