# shellcheck shell=bash disable=SC2154 # the variables are those of image.sh, which sources this file
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Images of initramfs-tools on a system with a kernel module kvmfr, built there: module-ours; module-foreign, which is
# the same as if it was built for another kernel; module-other, the one of tests/boot/kvmfr. It must not know a machine, a
# case or QEMU.

add_module() {
    local root=$1 version=$2 source=$TOP_DIR/module file
    [ "$flavour" != module-other ] || source=$BOOT_DIR/kvmfr
    mkdir -p "$root/tmp/kvmfr" "$root/lib/modules/$version/updates/dkms"
    cp "$source"/* "$root/tmp/kvmfr/"
    chroot "$root" make -C "/lib/modules/$version/build" M=/tmp/kvmfr modules
    file=$root/lib/modules/$version/updates/dkms/kvmfr.ko
    cp "$root/tmp/kvmfr/kvmfr.ko" "$file"
    # A word of the version magic, of the same length.
    [ "$flavour" != module-foreign ] || sed -i 's/ mod_unload / mod_0nload /' "$file"
    # As DKMS does it: like the kernel's own.
    [ ! -e "$root/lib/modules/$version/kernel/drivers/vfio/pci/vfio-pci.ko.xz" ] || xz --check=crc32 "$file"
    chroot "$root" depmod "$version"
}

install_hook() {
    add_module "$1" "$(cd "$1/lib/modules" && echo *)"
    install -D -m 0755 "$EARLY_BIN" "$1/usr/sbin/vfio-early"
    "$TOP_DIR/installers/setup.sh" --root "$1" install --no-rebuild
}
