#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dkms.sh SUITE: `make install-module` in a system of that release, with our hook in its image. Prints one line a test.
# It works in an overlay: the chroot is not written to. It knows DKMS's folders. It must not know how images are made.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../boot/lib/common.sh
. "$(dirname "$0")/../boot/lib/common.sh"

verdict() {
    if [ "$1" = 0 ]; then echo "ok $2"; else echo "not ok $2"; fi
}

# t NAME COMMAND... - what it prints goes to the log.
t() {
    local name=$1 status=0
    shift
    echo "== $name: $*" >&2
    "$@" >&2 </dev/null || status=$?
    verdict "$status" "$name"
}

in_root() { chroot "$root" env LC_ALL=C "$@"; }
module_file() { compgen -G "$root/lib/modules/$1/updates/dkms/kvmfr.ko*"; }
image_has() { in_root lsinitramfs "/boot/initrd.img-$1" | grep -E "$2"; }
# An image that cannot be listed is no proof.
image_lacks() { image_has "$1" '/vfio-early$' && ! image_has "$1" "$2"; }
not() { ! "$@"; }

# As the distribution compresses its own: the endings are alike.
compressed_alike() {
    local theirs
    theirs=$(find "$root/lib/modules/$version/kernel" -name '*.ko*' -print -quit)
    [ "$(module_file "$version" | sed 's/.*\.ko//')" = "${theirs##*.ko}" ]
}

install_us() {
    "$TOP_DIR/installers/files.sh" install "$root" /usr &&
        printf 'kvmfr size=64M\n' >"$root/etc/vfio-early.conf" &&
        printf 'MODULES=list\nCOMPRESS=zstd\nCOMPRESSLEVEL=1\n' >"$root/etc/initramfs-tools/conf.d/test" &&
        in_root update-initramfs -c -k "$version" &&
        "$TOP_DIR/installers/setup.sh" --root "$root" install
}

# What a newer kernel's package leaves and runs. The kernel is a copy of the one that is there, under another name.
next=99.0.0-next
new_kernel() {
    cp -a "$root/lib/modules/$version" "$root/lib/modules/$next" &&
        rm -r "$root/lib/modules/$next/updates" &&
        cp "$root/boot/vmlinuz-$version" "$root/boot/vmlinuz-$next" &&
        cp "$root/boot/config-$version" "$root/boot/config-$next" &&
        in_root depmod "$next" &&
        in_root run-parts --exit-on-error --arg="$next" --arg="/boot/vmlinuz-$next" /etc/kernel/postinst.d
}

remove_kernel() {
    in_root run-parts --exit-on-error --arg="$next" --arg="/boot/vmlinuz-$next" /etc/kernel/prerm.d &&
        rm "$root/boot/vmlinuz-$next" &&
        in_root run-parts --exit-on-error --arg="$next" --arg="/boot/vmlinuz-$next" /etc/kernel/postrm.d
}

tests() {
    t 'our hook is installed' install_us
    t 'the image has no kvmfr before' image_lacks "$version" '/kvmfr\.ko'
    t 'make install-module' in_root make -s -C /mnt install-module
    t 'dkms calls it installed' eval 'in_root dkms status kvmfr | grep installed'
    t 'the file is there' module_file "$version"
    t 'it is compressed as the others' compressed_alike
    t 'modprobe finds it' in_root modprobe -S "$version" -n kvmfr
    t 'the image was rebuilt and has it' image_has "$version" '/kvmfr\.ko'
    t 'install-module again' in_root make -s -C /mnt install-module
    t 'dkms still calls it installed' eval 'in_root dkms status kvmfr | grep installed'
    t 'the image still has it' image_has "$version" '/kvmfr\.ko'
    t 'a new kernel comes' new_kernel
    t 'the new kernel has the module' module_file "$next"
    t 'the image of the new kernel has it' image_has "$next" '/kvmfr\.ko'
    t 'the image of the new kernel has us' image_has "$next" '/vfio-early$'
    t 'the old kernel still has it' module_file "$version"
    t 'the new kernel goes' remove_kernel
    t 'its module is gone' not module_file "$next"
    t 'the old kernel has it even then' module_file "$version"
    t 'make uninstall-module' in_root make -s -C /mnt uninstall-module
    t 'its file is gone' not module_file "$version"
    t 'the image was rebuilt without it' image_lacks "$version" '/kvmfr\.ko'
    t 'its source is gone' not compgen -G "$root/usr/src/kvmfr-*"
}

inside() {
    local tree=$1 work=$2 root=$2/root version
    mount -t tmpfs tmpfs "$work"
    mkdir "$work/upper" "$work/work" "$root"
    mount -t overlay -o "lowerdir=$tree,upperdir=$work/upper,workdir=$work/work" overlay "$root"
    mount -t proc proc "$root/proc"
    mount -t tmpfs tmpfs "$root/tmp"
    mount --bind "$TOP_DIR" "$root/mnt"
    mount -o remount,bind,ro "$root/mnt"
    version=$(cd "$root/lib/modules" && echo *)
    tests
}

if [ "$1" = --inside ]; then
    inside "$2" "$3"
    exit
fi
tree=$("$BOOT_DIR/chroot.sh" "$1" module)
mkdir -p "$OUT_DIR/module"
work=$(mktemp -d "$OUT_DIR/module/dkms.XXXXXX")
trap 'rmdir "$work"' EXIT
"$BOOT_DIR/../private-mounts.sh" "$TOP_DIR/tests/module/dkms.sh" --inside "$tree" "$work"
