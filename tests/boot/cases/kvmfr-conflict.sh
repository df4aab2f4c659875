# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# modprobe.d says one size and the policy another: refused, and nothing is loaded. The claim stands.

machine card3
generator module-ours
built_in
policy <<POLICY
claim device=0000:01:00.0
kvmfr size=64M
POLICY
policy modprobe.d/kvmfr.conf <<MODPROBE
options kvmfr static_size_mb=32
MODPROBE

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    expect rule 2 state refused
    expect rule 2 reason 'agreement: modprobe.d or the kernel command line says kvmfr static_size_mb=32*'
    expect kvmfr devices 0
    expect exit 4
}
