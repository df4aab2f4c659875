# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A bad line beside a good one: the bad one is named with file and line, the good one is carried out.

machine card3
policy <<POLICY
claim device=0000:01:0g.0
claim device=0000:01:00.0
POLICY

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    expect problem '*/etc/vfio-early.conf:1*01:0g.0*'
    expect exit 3
    expect again 3
    expect unchanged
}
