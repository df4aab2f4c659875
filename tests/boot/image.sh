#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# image.sh KERNEL VARIANT [POLICY]: prints the initramfs image of that variant, made on first use.
# The real mkinitramfs of the real release builds it, with the hook that our installer puts in place.
# It knows initramfs-tools; other generators are in generators/. It must not know a machine, a case or QEMU.
#
# Variants: normal     our hook
#           early      our hook, and a script before it that makes trouble (image/00-a-test)
#           nomodules  our hook, for a kernel that has no VFIO modules
#           badmodule  as early, and vfio-pci.ko holds no module
#           noindex    our hook, and no index of modules in the image knows those of VFIO
#           control    no hook; the trouble script and the VFIO modules are there
# VARIANT@FLAVOUR: by another generator, such as normal@dracut-shell; only normal and control.
# POLICY is a folder whose content is put into /etc before the image is built.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source-path=SCRIPTDIR source=lib/guest.sh
. "$BOOT_DIR/lib/guest.sh"
# shellcheck source-path=SCRIPTDIR source=lib/layer.sh
. "$BOOT_DIR/lib/layer.sh"

# The rivals, loaded as early as this generator can: by udev in init-top, and from this list after it.
rivals='bochs cirrus snd_hda_intel snd_hda_codec_generic xhci_pci e1000'
disks='ahci sd_mod virtio_pci virtio_blk ext4'

usage() {
    echo "usage: image.sh 6.1|6.12|7 normal|early|nomodules|noindex|badmodule|control[@FLAVOUR] [POLICY]"
}

configure() {
    local root=$1 word
    printf 'MODULES=list\nCOMPRESS=zstd\nCOMPRESSLEVEL=1\n' >"$root/etc/initramfs-tools/conf.d/boot-test"
    for word in $rivals $disks; do
        printf '%s\n' "$word"
    done >>"$root/etc/initramfs-tools/modules"
    # As most systems have it, so that our modules go in plain. Without it, as with dracut here, they stay as they are.
    [ -e "$root/usr/bin/xz" ] || ln -s busybox "$root/usr/bin/xz"
}

make_image() {
    chroot "$1" mkinitramfs -o "$3" "$2"
}

add_control() {
    add_trouble "$1"
    install -m 0755 "$BOOT_DIR/image/vfio-modules" "$1/etc/initramfs-tools/hooks/vfio-modules"
}

# The trouble script, and what it needs.
add_trouble() {
    install -m 0755 "$(build_guest)" "$1/usr/sbin/boot-test-guest"
    install -m 0755 "$BOOT_DIR/image/slow-claim" "$1/usr/sbin/boot-test-slow-claim"
    install -m 0755 "$BOOT_DIR/image/guest-program" "$1/etc/initramfs-tools/hooks/guest-program"
    install -D -m 0755 "$BOOT_DIR/image/00-a-test" "$1/etc/initramfs-tools/scripts/init-top/00-a-test"
}

remove_vfio_modules() {
    local root=$1 version=$2
    rm -rf "$root/lib/modules/$version/kernel/drivers/vfio"
    chroot "$root" depmod "$version"
}

# append ROOT TREE - behind the image, at a multiple of four bytes: of two archives, the kernel keeps the files of the last.
append() {
    truncate -s %4 "$1/boot/boot-test.img"
    (cd "$2" && find . -type f | sed 's,^\./,,' | cpio --quiet -o -H newc) >>"$1/boot/boot-test.img"
    rm -rf "$2"
}

add_other_index() {
    local root=$1 version=$2 tree
    tree=$(mktemp -d)
    remove_vfio_modules "$root" "$version"
    mkdir -p "$tree/usr/lib/modules/$version"
    cp "$root/lib/modules/$version"/modules.{dep,alias,symbols,softdep}* "$tree/usr/lib/modules/$version/"
    append "$root" "$tree"
}

# Where the hook puts it plain, and where a kernel has it so. The kernel makes no file where there is no folder.
add_bad_module() {
    local tree dir
    tree=$(mktemp -d)
    for dir in updates kernel/drivers/vfio/pci; do
        mkdir -p "$tree/usr/lib/modules/$2/$dir"
        echo 'no module' >"$tree/usr/lib/modules/$2/$dir/vfio-pci.ko"
    done
    append "$1" "$tree"
}

# The installer of this tree puts the hook in place, as on a user's system.
install_hook() {
    local root=$1
    install -D -m 0755 "$EARLY_BIN" "$root/usr/sbin/vfio-early"
    "$TOP_DIR/installers/setup.sh" --root "$root" install --no-rebuild
}

# The installer's own proof must agree with the variant: a kernel without VFIO modules is not good.
verify_image() {
    local root=$1 variant=$2 version=$3 status=0
    [ "$variant" != control ] || return 0
    "$TOP_DIR/installers/setup.sh" --root "$root" verify --image /boot/boot-test.img --kernel "$version" || status=$?
    if [ "$variant" = nomodules ]; then
        [ "$status" -ne 0 ] || die "verify calls an image without VFIO modules good"
    else
        [ "$status" -eq 0 ] || die "verify says $status of the $variant image"
    fi
}

prepare() {
    local root=$1 variant=$2 version=$3
    configure "$root"
    case $variant in
        control)
            add_control "$root"
            return
            ;;
        early | badmodule) add_trouble "$root" ;;
        nomodules) remove_vfio_modules "$root" "$version" ;;
    esac
    install_hook "$root"
}

# Runs in a mount namespace of its own. The chroot below the overlay is never written to.
inside() {
    local tree=$1 variant=$2 policy=$3 image=$4 work root version
    layer_over "$tree"
    version=$(cd "$root/lib/modules" && echo *)
    [ -z "$policy" ] || cp -r "$policy/." "$root/etc/"
    prepare "$root" "$variant" "$version"
    make_image "$root" "$version" /boot/boot-test.img
    verify_image "$root" "$variant" "$version"
    [ "$variant" != noindex ] || add_other_index "$root" "$version"
    [ "$variant" != badmodule ] || add_bad_module "$root" "$version"
    cp "$root/boot/boot-test.img" "$image"
}

build() {
    local tree=$1 variant=$2 policy=$3 image=$4
    [ ! -s "$image" ] || return 0
    # Every change of the binary leaves a set of images behind; nobody needs those of yesterday.
    find "$(dirname "$image")" -name '*.img*' -mtime +1 -delete
    if ! "$BOOT_DIR/../private-mounts.sh" "$0" --inside "$tree" "$variant" "$policy" "$image.new" "$flavour" \
        >"$image.log" 2>&1; then
        rm -f "$image.new"
        tail -n 15 "$image.log" >&2
        die "building the $variant image failed; full log: $image.log"
    fi
    mv "$image.new" "$image"
}

# What an image depends on: a change of any of it makes a new image.
inputs_hash() {
    local files=("$BOOT_DIR/image" "$BOOT_DIR/image.sh" "$BOOT_DIR/guest" ${flavour:+"$BOOT_DIR/generators/$generator.sh"})
    [ "$1" = control ] || files+=("$EARLY_BIN" "$TOP_DIR/hooks" "$TOP_DIR/installers")
    case $flavour in
        module-other) files+=("$BOOT_DIR/kvmfr") ;;
        module-* | *-kvmfr) files+=("$TOP_DIR/module") ;;
    esac
    [ -z "$2" ] || files+=("$2")
    hash_of "${files[@]}"
}

# use_flavour FLAVOUR - the functions of another generator replace those here.
use_flavour() {
    flavour=$1 generator=initramfs-tools
    [ -n "$flavour" ] || return 0
    generator=${flavour%-*}
    [ -r "$BOOT_DIR/generators/$generator.sh" ] || die "unknown flavour '$flavour'"
    # shellcheck source=/dev/null
    . "$BOOT_DIR/generators/$generator.sh"
}

if [ "${1:-}" = --inside ]; then
    use_flavour "$6"
    inside "$2" "$3" "$4" "$5"
    exit
fi
if [ $# -lt 2 ] || [ $# -gt 3 ]; then
    usage >&2
    exit 2
fi
kernel=$1 variant=$2 policy=${3:-} flavour=''
[[ $variant != *@* ]] || flavour=${variant#*@} variant=${variant%@*}
case $variant${flavour:+@} in
    normal | early | nomodules | noindex | badmodule | control | normal@ | control@) ;;
    *)
        usage >&2
        exit 2
        ;;
esac
need_root
need_tools unshare flock mount
suite=$(suite_of "$kernel")
use_flavour "$flavour"
tree=$("$BOOT_DIR/chroot.sh" "$suite" "$generator")
image=$OUT_DIR/images/$kernel-$variant${flavour:+-$flavour}-$(printf '%s' "$tree" | cat - <(inputs_hash "$variant" "$policy") |
    sha256sum | cut -c1-12).img
with_lock "$image.lock" build "$tree" "$variant" "$policy" "$image"
printf '%s\n' "$image"
