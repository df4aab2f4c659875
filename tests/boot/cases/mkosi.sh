# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# mkosi-initrd: our unit runs before the rivals that systemd-modules-load is told to load, and before udev.
# Its images hold packages of the development suite, hence one kernel only.

machine card3
generator mkosi
only_on 7
words vfio_early.devices=01:00.0

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    left 0000:00:01.0 bochs-drm
    expect rule 1 state claimed
    expect report state 'done'
    expect exit 0
    expect report-file 0644
    expect again 0
    expect unchanged
}
