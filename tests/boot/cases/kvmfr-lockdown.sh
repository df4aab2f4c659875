# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The kernel is locked down as with Secure Boot, and nobody has signed our module. Debian's own modules are signed: the
# claim stands, the boot goes on, and one line says why.

machine card3
full_only
generator module-ours
words lockdown=integrity vfio_early.devices=01:00.0 vfio_early.kvmfr=64M

check() {
    local why='not loaded: the kernel trusts no signature of kvmfr (Secure Boot): enroll the key that DKMS signs with'
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    expect rule 2 state failed
    expect rule 2 reason "$why"
    expect kmsg "*vfio_early.kvmfr failed: $why"
    expect kvmfr devices 0
    expect kvmfr module none
    expect exit 5
}
