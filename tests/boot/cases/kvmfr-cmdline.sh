# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The size stands where the module's own documentation has it, on the kernel command line; the policy says who and that.

machine card3
generator module-ours
built_in
words kvmfr.static_size_mb=32
policy <<POLICY
kvmfr group=993 mode=0640
POLICY

check() {
    expect rule 1 state loaded
    expect rule 1 reason '/dev/kvmfr0 32 MiB, mode 0640, owner 0:993'
    expect kvmfr devices 1
    expect kvmfr 0 size 33554432
    expect kvmfr 0 mode 0640
    expect kvmfr 0 owner 0:993
    before_root 'kvmfr: creating 1 static devices'
    expect exit 0
    expect again 0
}
