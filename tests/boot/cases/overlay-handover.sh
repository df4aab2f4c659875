# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# /init of the image is the test's own: it looks at once what the overlay left behind. Nothing is mounted, no
# file is open but the console, no child is there, and the arguments and the environment are the kernel's.

machine card3
main bare
overlay behind
words after-rdinit test_env=yes
policy <<POLICY
claim device=0000:01:00.0
POLICY

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    expect report state 'done'
    expect exit 0
    expect said report-from /dev/.vfio-early/report
    forbid said start-mounted '*'
    expect said start/fds '0 1 2'
    expect said start/children none
    handed_over
}
