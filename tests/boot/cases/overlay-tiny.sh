# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tiny-initramfs has no shell, no udev and no hook: its first process loads the rivals at once, and ends in a
# panic when /dev or /proc is still mounted. The overlay claims before it.

machine card3
generator tiny
overlay behind
words after-rdinit test_env=yes
policy <<POLICY
claim device=0000:01:00.0
POLICY

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    left 0000:00:01.0 bochs-drm
    expect report state 'done'
    expect exit 0
    expect report-file 0644
    expect said report-from /dev/.vfio-early/report
    expect again 0
    handed_over
}
