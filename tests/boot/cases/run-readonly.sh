# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The place of the report is read-only: the claim is done, the kernel log says that the report is not.

machine card3
image early
words vfio_early.devices=01:00.0 test_early=run-readonly

check() {
    expect driver 0000:01:00.0 vfio-pci
    expect driver 0000:01:00.1 vfio-pci
    expect viable 0000:01:00.0 yes
    expect report-file none
    expect kmsg '*report*'
    expect unchanged
}
