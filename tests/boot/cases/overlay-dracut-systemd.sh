# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The overlay with an image of dracut with systemd, whose first process mounts what is missing only.

machine card3
generator dracut-systemd
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
    # dracut has processes of its own, and hands over as it likes; the environment goes through.
    expect said start-environment test_env=yes
    forbid console '*Device or resource busy*'
}
