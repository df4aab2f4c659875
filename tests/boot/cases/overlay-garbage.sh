# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A policy file that is no text does not keep the overlay from starting /init, and the kernel command line counts.

machine card3
full_only
main bare
overlay behind
words vfio_early.devices=01:00.0 after-rdinit test_env=yes
head -c 3000 /dev/zero | tr '\0' '\377' | policy

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    expect exit 3
    expect problem '*vfio-early.conf*'
    forbid said start-mounted '*'
    handed_over
}
