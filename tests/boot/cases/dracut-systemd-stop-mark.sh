# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A rule with on-failure=stop cannot be carried out, and what tells systemd of the status does not run (on a busy
# machine it may be too late): the mark of the rule alone stops the boot.

machine card3
generator dracut-systemd
stops_boot
words rd.shell=0 rd.emergency=reboot
policy <<POLICY
claim device=0000:01:00.0 expect=1234:1111,8086:2669,1b36:000d on-failure=stop
POLICY
policy systemd/system/vfio-early.service.d/untold.conf <<UNIT
[Service]
ExecStopPost=
UNIT

check() {
    expect stopped
}
