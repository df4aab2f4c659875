#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# private-mounts.sh COMMAND...: runs it in a mount namespace of its own, so that nothing it mounts is seen outside or
# outlives it. It knows no test. In a plain chroot "/" is no mount point and cannot be made private as it is: there
# the command gets a private view of the whole tree, under the same names.
set -u

if unshare --mount --propagation private true 2>/dev/null; then
    exec unshare --mount --propagation private "$@"
fi

view=$(mktemp -d) || exit 1
# The words in quotes are for the inner shells.
# shellcheck disable=SC2016
unshare --mount --propagation unchanged sh -c '
    view=$1
    shift
    mount --rbind / "$view" && mount --make-rprivate "$view" || exit 1
    exec chroot "$view" sh -c "cd \"\$1\" && shift && exec \"\$@\"" sh "$PWD" "$@"
' sh "$view" "$@"
status=$?
# Where the mounts outside are shared, the view showed up there too.
umount -l "$view" 2>/dev/null
rmdir "$view"
exit "$status"
