# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The slow claim of case slow, in an image of dracut with systemd: leaving the initramfs waits for it.

machine card3
generator dracut-systemd
words vfio_early.devices=01:00.0
policy slow-claim <"$BOOT_DIR/image/slow-claim"
policy systemd/system/vfio-early.service.d/slow.conf <<UNIT
[Service]
ExecStart=
ExecStart=sh /etc/slow-claim /usr/sbin/vfio-early claim --background
UNIT

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    left 0000:00:01.0 bochs-drm
    expect report state 'done'
    expect exit 0
    expect console '*slow-claim: stopped [0-9]*'
    after_root 'vfio-early: devices: 3 claimed'
}
