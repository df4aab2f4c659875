# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# An empty policy asks for nothing: /init starts, no device is touched.

machine card3
full_only
main bare
overlay behind
words after-rdinit test_env=yes
policy </dev/null

check() {
    left 0000:01:00.0 -
    expect report state nothing
    expect exit 0
    forbid said start-mounted '*'
    handed_over
}
