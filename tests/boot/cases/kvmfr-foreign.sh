# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The module was built for another kernel: its version magic is not that of this one.

machine card3
full_only
generator module-foreign
words vfio_early.devices=01:00.0 vfio_early.kvmfr=64M

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    expect rule 2 state failed
    expect rule 2 reason 'not loaded: the module kvmfr was built for another kernel'
    expect kmsg '*vfio_early.kvmfr failed: not loaded: the module kvmfr was built for another kernel'
    expect kvmfr devices 0
    expect kvmfr module none
    expect exit 5
}
