# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The same as kvmfr-udev with our module, which tells udev whose the device is.

full_only
machine card3
generator module-ours
policy <<POLICY
kvmfr size=64M group=993 mode=0600
kvmfr size=32M
POLICY
policy udev/rules.d/70-vfio-early-kvmfr.rules \
    < <(sed 's/GROUP="kvm"/GROUP="44"/' "$TOP_DIR/installers/kvmfr/70-vfio-early-kvmfr.rules")

check() {
    expect rule 1 state loaded
    expect rule 2 state loaded
    expect kvmfr 0 owner 0:993
    expect kvmfr 0 mode 0600
    expect kvmfr 1 owner 0:44
    expect kvmfr 1 mode 0660
    expect exit 0
    expect again 0
}
