# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The overlay archive stands raw before the image, and there is no policy file: the kernel command line counts.

machine card3
full_only
overlay before
words vfio_early.devices=01:00.0 after-rdinit test_env=yes

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    left 0000:00:01.0 bochs-drm
    expect report state 'done'
    expect exit 0
    expect report-file 0644
    expect said report-from /dev/.vfio-early/report
    expect rule 1 text '*01:00.0*'
    handed_over
}
