# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The same card by its way through the bridges, from a policy file that the real build hook put in.

machine card3
built_in
policy <<POLICY
# the guest card
claim path=00:05.0/00.0 name=gaming
POLICY

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    left 0000:00:01.0 bochs-drm
    expect rule 1 rule /etc/vfio-early.conf:2
    expect rule 1 name gaming
    expect exit 0
    expect again 0
    expect unchanged
}
