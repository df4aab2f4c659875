# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# One rule names a card that is not there, another one that is optional and not there either.

machine card3
policy <<POLICY
claim device=0000:07:00.0
claim device=0000:08:00.0 optional
claim device=0000:01:00.0
POLICY

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    expect rule 1 state absent
    expect rule 2 state absent
    expect rule 3 state claimed
    expect exit 4
    expect again 4
    expect unchanged
}
