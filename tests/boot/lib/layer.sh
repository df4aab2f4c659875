# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A throw-away layer over a system's folder: what is written there is gone at the end, and the folder below is never
# written to. For scripts that run in a mount namespace of their own. It knows no generator and no image.

# layer_over TREE - sets work (a folder for anything) and root (the system). For the whole rest of the script.
layer_over() {
    work=$(mktemp -d "$OUT_DIR/layer.XXXXXX")
    # shellcheck disable=SC2064
    trap "umount -R '$work' 2>/dev/null || :; rmdir '$work'" EXIT
    mount -t tmpfs tmpfs "$work"
    root=$work/root
    mkdir "$work/upper" "$work/work" "$root"
    mount -t overlay -o "lowerdir=$1,upperdir=$work/upper,workdir=$work/work" overlay "$root"
    mount -t proc proc "$root/proc"
}
