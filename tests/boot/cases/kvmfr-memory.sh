# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# More memory than the machine has, from a module that would take it all: it is not loaded, the claim stands, and the
# boot goes on.

machine card3
generator module-other
built_in
policy <<POLICY
claim device=0000:01:00.0
kvmfr size=1G
POLICY

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    expect rule 2 state failed
    expect rule 2 reason 'not loaded: 1024 MiB and 64 MiB to spare are wanted, * MiB are available'
    expect report kvmfr/0/state failed
    expect kvmfr devices 0
    expect kvmfr module none
    expect exit 4
}
