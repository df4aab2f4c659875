# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# No hook: the overlay archive, compressed, behind an image of initramfs-tools of odd size. The policy
# file is in the archive. The report crosses over in devtmpfs.

machine card3
overlay odd
words after-rdinit test_env=yes
policy <<POLICY
claim device=0000:01:00.0 expect=1234:1111,8086:2668,1b36:000d
POLICY

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    left 0000:00:01.0 bochs-drm
    expect report state 'done'
    expect exit 0
    expect report-file 0644
    expect said report-from /dev/.vfio-early/report
    expect again 0
    expect unchanged
    handed_over
}
