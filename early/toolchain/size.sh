#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# size.sh FILE [LIMIT]: prints the size of FILE and fails when it is over LIMIT bytes.
set -eu

size=$(wc -c <"$1")
printf '  SIZE    %s %d bytes%s\n' "$1" "$size" "${2:+ (limit $2)}"
if [ -n "${2:-}" ] && [ "$size" -gt "$2" ]; then
    printf '%s: %d bytes are %d over the limit\n' "$1" "$size" $((size - $2)) >&2
    exit 1
fi
