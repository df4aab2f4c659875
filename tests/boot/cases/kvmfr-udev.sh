# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# udev with our rule comes after us: a device that the policy gave away keeps its owner, also where the module has no
# parameter for that; one that nobody gave away becomes that of the rule's group. It is udev of the image that runs here,
# which is told not to look up names: hence the number.

machine card3
generator module-other
policy <<POLICY
kvmfr size=64M group=993 mode=0640
kvmfr size=32M
POLICY
policy udev/rules.d/70-vfio-early-kvmfr.rules \
    < <(sed 's/GROUP="kvm"/GROUP="44"/' "$TOP_DIR/installers/kvmfr/70-vfio-early-kvmfr.rules")

check() {
    expect rule 1 state loaded
    expect rule 2 state loaded
    expect kvmfr 0 owner 0:993
    expect kvmfr 0 mode 0640
    expect kvmfr 1 owner 0:44
    expect kvmfr 1 mode 0660
    expect exit 0
    expect again 0
}
