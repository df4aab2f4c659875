#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# overlay.sh TREE OUT ETC none|gzip|broken: writes the overlay archive for the kernel of that chroot, as our
# installer makes it on a system whose /etc holds the content of the folder ETC ('' for none): raw, compressed, or
# compressed without the modules. It must not know a case, an image or QEMU.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source-path=SCRIPTDIR source=lib/layer.sh
. "$BOOT_DIR/lib/layer.sh"

# Runs in a mount namespace of its own. The chroot below is never written to.
inside() {
    local tree=$1 out=$2 etc=$3 form=$4 work root version
    layer_over "$tree"
    install -D -m 0755 "$EARLY_BIN" "$root/usr/sbin/vfio-early"
    [ -z "$etc" ] || cp -r "$etc/." "$root/etc/"
    version=$(cd "$root/lib/modules" && echo *)
    set -- "$TOP_DIR/installers/setup.sh" --root "$root" overlay --kernel "$version"
    if [ "$form" = broken ]; then
        "$@" -o "$work/whole"
        without_modules "$work" | gzip -9n >"$out"
    else
        "$@" -o "$out" --compress "$form"
    fi
}

without_modules() {
    mkdir "$1/tree"
    (cd "$1/tree" && cpio -id --quiet <"$1/whole")
    rm -r "$1/tree/vfio-early/lib"
    # shellcheck source=/dev/null
    . "$TOP_DIR/installers/lib/newc.sh"
    newc_write "$1/tree"
}

if [ "${1:-}" = --inside ]; then
    shift
    inside "$@"
    exit
fi
if [ $# -ne 4 ]; then
    echo "usage: overlay.sh TREE OUT ETC none|gzip|broken" >&2
    exit 2
fi
need_root
need_tools unshare mount cpio
exec "$BOOT_DIR/../private-mounts.sh" "$0" --inside "$@"
