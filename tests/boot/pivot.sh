#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# pivot.sh DIR COMMAND...: runs it with DIR as the real root, and not by chroot: for programs that change mounts. It is
# seen by this command only. /proc, /sys and /dev are those of this machine. It knows no generator.
set -eu

if [ "${PIVOT_PRIVATE:-}" != "$$" ]; then
    exec "$(dirname "$0")/../private-mounts.sh" sh -c 'PIVOT_PRIVATE=$$ exec "$@"' sh "$0" "$@"
fi
unset PIVOT_PRIVATE
dir=$1
shift
# Only a mount point can become the root.
mount --rbind "$dir" "$dir"
cd "$dir"
mountpoint -q proc || mount -t proc proc proc
for each in dev sys; do
    mountpoint -q $each || mount --rbind /$each $each
done
mkdir -p mnt
pivot_root . mnt
cd /
umount -l /mnt
exec "$@"
