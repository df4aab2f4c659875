# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The group of the disk controller is refused while the root file system is on it, and the boot completes.
# The card beside it is still claimed.

machine ahciroot
words "vfio_early.groups=$(group_of 0000:00:1f.2),$(group_of 0000:01:00.0)"

check() {
    left 0000:00:1f.2 ahci
    expect override 0000:00:1f.0 -
    expect override 0000:00:1f.3 -
    expect rule 1 state refused
    expect rule 1 reason '*0000:00:1f.*'
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    expect rule 2 state claimed
    expect exit 4
    expect again 4
    expect unchanged
}
