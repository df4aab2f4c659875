# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A unified kernel image without the overlay, and beside it an addon that holds the archive and rdinit=.

machine card3
generator uefi
# The oldest release has no ukify, and its systemd no addons.
only_on 6.12
only_on 7
overlay beside
loader addon
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
    # The option of the addon is the last on the command line, so the kernel drops the words it does not know.
    expect said start-environment test_env=yes
    expect said start/children none
    forbid console '*Device or resource busy*'
}
