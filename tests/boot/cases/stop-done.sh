# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A rule with on-failure=stop is carried out: the boot goes on.

machine card3
policy <<POLICY
claim device=0000:01:00.0 on-failure=stop
POLICY

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    expect exit 0
    expect again 0
    expect unchanged
}
