# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The claim of a rule with on-failure=stop dies by a signal, when it writes its report: the boot stops all the same, as
# the mark of that rule still stands.

machine card3
generator dracut-systemd
stops_boot
words rd.shell=0 rd.emergency=reboot
policy <<POLICY
claim device=0000:01:00.0 on-failure=stop
POLICY
policy systemd/system/vfio-early.service.d/crash.conf <<UNIT
[Service]
LimitFSIZE=0
UNIT

check() {
    expect stopped
    expect console '*vfio-early*XFSZ*'
}
