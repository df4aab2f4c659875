#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# image.sh udev|systemd normal|control [POLICY]: prints the initramfs image that the mkinitcpio in the
# tree $MKINITCPIO builds; our installer puts the hook in place, rebuilds and proves. It knows
# mkinitcpio. It must not know a machine, a case or QEMU.
#
# control: no hook, but the VFIO modules are there. POLICY is a folder whose content is put into /etc.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib/common.sh
. "$(dirname "$0")/../lib/common.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/layer.sh
. "$BOOT_DIR/lib/layer.sh"

# The rival is loaded as early as mkinitcpio can: right after the early hooks, or by systemd-modules-load.
configure() {
    local root=$1 flavour=$2 variant=$3 version=$4 modules='bochs'
    [ "$variant" = normal ] || modules+=' vfio_pci vfio_iommu_type1'
    rm -f "$root"/etc/mkinitcpio.conf.d/* "$root"/etc/mkinitcpio.d/*
    printf '%s\n' "MODULES=($modules)" "HOOKS=(base $flavour modconf block filesystems)" COMPRESSION=zstd \
        'COMPRESSION_OPTIONS=(-1)' >"$root/etc/mkinitcpio.conf"
    printf '%s\n' "ALL_kver=/boot/vmlinuz-$version" 'PRESETS=(default)' 'default_image=/boot/boot-test.img' \
        >"$root/etc/mkinitcpio.d/boot-test.preset"
    : >"$root/boot/boot-test.img"
}

# The trees of other distributions put the kernel elsewhere.
place_kernel() {
    local root=$1 version=$2
    [ -e "$root/boot/vmlinuz-$version" ] || cp "$root/lib/modules/$version/vmlinuz" "$root/boot/vmlinuz-$version"
}

# Runs in a mount namespace of its own. The tree below the overlay is never written to.
inside() {
    local flavour=$1 variant=$2 policy=$3 image=$4 work root version
    layer_over "$MKINITCPIO"
    mount --rbind /dev "$root/dev"
    version=$(cd "$root/lib/modules" && echo *)
    place_kernel "$root" "$version"
    configure "$root" "$flavour" "$variant" "$version"
    [ -z "$policy" ] || cp -r "$policy/." "$root/etc/"
    if [ "$variant" = normal ]; then
        install -D -m 0755 "$EARLY_BIN" "$root/usr/sbin/vfio-early"
        "$TOP_DIR/installers/setup.sh" --root "$root" install
    else
        chroot "$root" mkinitcpio -p boot-test
    fi
    cp "$root/boot/boot-test.img" "$image"
}

build() {
    local image=$4
    [ ! -s "$image" ] || return 0
    mkdir -p "$(dirname "$image")"
    if ! "$BOOT_DIR/../private-mounts.sh" "$0" --inside "$1" "$2" "$3" "$image.new" >"$image.log" 2>&1; then
        rm -f "$image.new"
        tail -n 15 "$image.log" >&2
        die "building the $1 $2 image failed; full log: $image.log"
    fi
    mv "$image.new" "$image"
}

# What an image depends on: a change of any of it makes a new image.
inputs_hash() {
    local files=("$BOOT_DIR/mkinitcpio/image.sh" "$MKINITCPIO/usr/bin/mkinitcpio" "$MKINITCPIO/usr/lib/initcpio")
    [ "$1" = control ] || files+=("$EARLY_BIN" "$TOP_DIR/hooks/mkinitcpio" "$TOP_DIR/hooks/systemd" "$TOP_DIR/installers")
    [ -z "$2" ] || files+=("$2")
    hash_of "${files[@]}"
}

if [ "${1:-}" = --inside ]; then
    shift
    inside "$@"
    exit
fi
case "${1:-} ${2:-}" in
    'udev normal' | 'udev control' | 'systemd normal' | 'systemd control') ;;
    *)
        echo 'usage: image.sh udev|systemd normal|control [POLICY]' >&2
        exit 2
        ;;
esac
need_root
need_tools unshare flock mount
image=$OUT_DIR/images/mkinitcpio-$1-$2-$(inputs_hash "$2" "${3:-}").img
with_lock "$image.lock" build "$1" "$2" "${3:-}" "$image"
printf '%s\n' "$image"
