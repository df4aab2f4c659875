# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# There is no module kvmfr in the image: the claim stands, the boot goes on, one line says why.

machine card3
words vfio_early.devices=01:00.0 vfio_early.kvmfr=64M
step status root /usr/sbin/vfio-early status

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    expect rule 2 state failed
    expect rule 2 reason 'not loaded: this kernel has no module kvmfr, or it is not in the image'
    expect kmsg '*vfio_early.kvmfr failed: not loaded: this kernel has no module kvmfr*'
    expect kvmfr devices 0
    expect exit 5
    expect step status 5
    expect said step/status '*failed: not loaded: this kernel has no module kvmfr, or it is not in the image'
}
