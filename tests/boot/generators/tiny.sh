# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Images by tiny-initramfs, for image.sh. The generator has no hook of any kind, so only the variant "control"
# can be made: nothing of vfio-early is in it. Its first process loads the rivals before anything else.
# It must not know a machine, a case, the overlay or QEMU.

modules=virtio_pci,virtio_blk,ext4,bochs,snd_hda_intel,xhci_pci

configure() { :; }

add_control() { :; }

make_image() {
    local root=$1 version=$2 image=$3
    chroot "$root" mktirfs -o "$image" --auto-modules=no --include-modules="$modules" "$version"
}
