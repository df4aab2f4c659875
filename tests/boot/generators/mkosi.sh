# shellcheck shell=bash disable=SC2154 # the variables are those of image.sh, which sources this file
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Images by mkosi-initrd, for image.sh: of packages, and always with systemd. All packages lie in the cache of the
# chroot, so nothing is fetched. It must not know a machine, a case or QEMU.

# The rivals, loaded as early as such an image can: by systemd-modules-load.
rivals='bochs snd_hda_intel snd_hda_codec_generic xhci_pci'
modules='virtio_blk virtio_pci ext4'

configure() {
    local dir=$1/etc/mkosi-initrd/mkosi.conf.d/boot-test
    mkdir -p "$dir/mkosi.extra/etc/modules-load.d"
    printf '%s\n' '[Output]' CompressLevel=1 '[Content]' "KernelModules=$(tr ' ' ',' <<<"$rivals $modules")" >"$dir/mkosi.conf"
    tr ' ' '\n' <<<"$rivals" >"$dir/mkosi.extra/etc/modules-load.d/rivals.conf"
}

# The VFIO modules are there, vfio-early is not.
add_control() {
    printf '%s\n' '[Content]' KernelModules=vfio-pci,vfio_iommu_type1 >"$1/etc/mkosi-initrd/mkosi.conf.d/control.conf"
}

make_image() {
    "$BOOT_DIR/pivot.sh" "$1" unshare --net \
        mkosi-initrd --generic --kernel-version "$2" --output "$(basename "$3")" --output-dir "$(dirname "$3")"
}
