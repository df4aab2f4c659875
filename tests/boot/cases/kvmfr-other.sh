# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Another module named kvmfr, which knows sizes only: it gets the same policy, and the node its owner all the same.

machine card3
generator module-other
built_in
policy <<POLICY
kvmfr size=64M group=993
POLICY

check() {
    expect rule 1 state loaded
    expect kvmfr devices 1
    expect kvmfr 0 mode 0660
    expect kvmfr 0 owner 0:993
    expect kvmfr 0 size 67108864
    expect kvmfr 0 shared yes
    before_root 'kvmfr: creating 1 static devices'
    expect exit 0
    expect again 0
    left 0000:01:00.0 bochs-drm
}
