# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The same crash where no rule says on-failure=stop: the boot goes on, and what was claimed before stays claimed.

machine card3
generator dracut-systemd
policy <<POLICY
claim device=0000:01:00.0
POLICY
policy systemd/system/vfio-early.service.d/crash.conf <<UNIT
[Service]
LimitFSIZE=0
UNIT

check() {
    expect driver 0000:01:00.0 vfio-pci
    expect exit none
}
