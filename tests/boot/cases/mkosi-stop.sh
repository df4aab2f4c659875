# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A rule with on-failure=stop cannot be carried out: the boot stops in systemd's emergency target.

machine card3
generator mkosi
only_on 7
stops_boot
words rd.shell=0 rd.emergency=reboot
policy <<POLICY
claim device=0000:01:00.0 expect=1234:1111,8086:2669,1b36:000d on-failure=stop
POLICY

check() {
    expect stopped
}
