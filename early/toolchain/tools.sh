#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tools.sh TOOL...: stops the build with one clear line when a tool is missing. Installs nothing.
set -eu

missing=
for tool in "$@"; do
    command -v "$tool" >/dev/null || missing="$missing $tool"
done
[ -z "$missing" ] || {
    printf 'missing:%s\nrun: make deps   (as root on Debian; other systems: CONTRIBUTING.md)\n' "$missing" >&2
    exit 1
}
