# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# As the first process, too, a rule with on-failure=stop that is not carried out ends the boot: /init is not reached.

machine card3
full_only
main bare
overlay behind
stops_boot
policy <<POLICY
claim device=0000:01:00.0 expect=1234:1111,8086:2669,1b36:000d on-failure=stop
POLICY

check() {
    expect stopped
}
