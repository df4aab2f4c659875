# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The overlay archive has no modules and the kernel has vfio as modules: it is said, and /init starts.

machine card3
full_only
main bare
overlay broken
words after-rdinit test_env=yes
policy <<POLICY
claim device=0000:01:00.0
POLICY

check() {
    left 0000:01:00.0 -
    expect device 0000:01:00.0 state failed
    expect exit 5
    expect kmsg '*vfio*'
    forbid said start-mounted '*'
    handed_over
}
