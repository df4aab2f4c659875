# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A rule with on-failure=stop cannot be carried out: the boot stops in the initramfs.
# The case "mismatch" is the same without on-failure=stop, and boots on.

machine card3
stops_boot
policy <<POLICY
claim device=0000:01:00.0 expect=1234:1111,8086:2669,1b36:000d on-failure=stop
POLICY

check() {
    expect stopped
}
