# shellcheck shell=bash disable=SC2154 # flavour is set by image.sh, which sources this file
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Images by dracut, for image.sh: with systemd in the image (dracut-systemd), the same on a system with our kernel module
# (dracut-kvmfr), and without systemd (dracut-shell).
# Small ones: only what the machine needs. It must not know a machine, a case or QEMU.

# The rivals, loaded as early as dracut can: by its first step after the hooks of the command line.
rivals='bochs snd_hda_intel snd_hda_codec_generic xhci_pci'
disks='virtio_blk virtio_pci ext4'

configure() { :; }

# build_module SUITE VERSION - our kvmfr.ko for this kernel, on standard output. This system has no compiler.
build_module() (
    tree=$("$BOOT_DIR/chroot.sh" "$1" module)
    layer_over "$tree"
    [ -d "$root/lib/modules/$2/build" ] || die "$tree has another kernel than $2"
    cp -r "$TOP_DIR/module" "$root/tmp/kvmfr"
    chroot "$root" make -C "/lib/modules/$2/build" M=/tmp/kvmfr modules >&2
    cat "$root/tmp/kvmfr/kvmfr.ko"
)

add_module() {
    local version suite
    version=$(cd "$1/lib/modules" && echo *)
    # shellcheck source=/dev/null
    suite=$(. "$1/etc/os-release" && echo "$VERSION_CODENAME")
    mkdir -p "$1/lib/modules/$version/updates/dkms"
    build_module "$suite" "$version" >"$1/lib/modules/$version/updates/dkms/kvmfr.ko"
    chroot "$1" depmod "$version"
}

install_hook() {
    [ "$flavour" != dracut-kvmfr ] || add_module "$1"
    install -D -m 0755 "$EARLY_BIN" "$1/usr/sbin/vfio-early"
    "$TOP_DIR/installers/setup.sh" --root "$1" install --no-rebuild
}

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
        dracut-systemd | dracut-kvmfr) always+=" bash initqueue $with" ;;
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
