# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The overlay archive stands raw behind an image of odd size, which was padded to 4 bytes.

machine card3
full_only
overlay padded
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
    handed_over
}
