# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The image has no /init: the claim is made, and the console says why the boot ends.

machine card3
full_only
no_control
main empty
overlay behind
stops_boot
policy <<POLICY
claim device=0000:01:00.0
POLICY

check() {
    expect console '*vfio-early: *(exit status 0)*'
    expect console '*vfio-early: cannot start /init: No such file or directory*'
    expect console '*Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000500*'
}
