# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# One card of three functions, claimed by its group's number on the kernel command line.

machine card3
words "vfio_early.groups=$(group_of 0000:01:00.0)"

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    left 0000:00:01.0 bochs-drm
    left 0000:00:05.0 pcieport
    expect device 0000:01:00.0 rule 'cmdline: vfio_early.groups'
    expect rule 1 state claimed
    expect report state 'done'
    expect exit 0
    expect report-file 0644
    expect plan 0
    expect again 0
    expect unchanged
}
