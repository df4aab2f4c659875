# shellcheck shell=bash disable=SC2154 # flavour is set by image.sh, which sources this file
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Images by dracut, for image.sh: with systemd in the image (dracut-systemd) and without (dracut-shell).
# Small ones: only what the machine needs. It must not know a machine, a case or QEMU.

# The rivals, loaded as early as dracut can: by its first step after the hooks of the command line.
rivals='bochs snd_hda_intel snd_hda_codec_generic xhci_pci'
disks='virtio_blk virtio_pci ext4'

configure() { :; }

# The VFIO modules are there, vfio-early is not.
add_control() {
    printf 'add_drivers+=" vfio_pci vfio_iommu_type1 "\n' >"$1/etc/dracut.conf.d/boot-test.conf"
}

# The parts of an image, by what this version of dracut has.
dracut_modules() {
    local root=$1 name list=''
    local with='dracut-systemd systemd systemd-initrd systemd-udevd systemd-journald systemd-tmpfiles systemd-modules-load'
    local always='base fs-lib kernel-modules rootfs-block shell-interpreter udev-rules'
    case $flavour in
        dracut-systemd) always+=" bash initqueue $with" ;;
        dracut-shell) always+=' dash initqueue' ;;
        *) die "unknown flavour '$flavour'" ;;
    esac
    for name in $always vfio-early; do
        ! compgen -G "$root/usr/lib/dracut/modules.d/[0-9][0-9]$name" >/dev/null || list+=" $name"
    done
    printf '%s\n' "$list"
}

make_image() {
    local root=$1 version=$2 image=$3
    chroot "$root" dracut --force --no-hostonly --kver "$version" --compress 'zstd -1' \
        --drivers "$disks" --force-drivers "$rivals" --modules "$(dracut_modules "$root")" "$image"
}
