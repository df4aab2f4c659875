# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# systemd-boot, started by UEFI firmware, has an entry with two initrd lines: the image and the overlay archive.

machine card3
generator uefi
# The chroot for UEFI has the tools of the newer releases.
only_on 6.12
only_on 7
overlay beside
loader two-initrds
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
