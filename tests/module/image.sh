#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# image.sh SUITE KIND: builds kvmfr.ko and what its tests need for that release's own kernel, with its own compiler;
# prints a folder with linux (the kernel), image (initramfs), kvmfr.ko and build.log. Made again when a source changed.
# KIND is plain; nested: with a QEMU in it; or watch: for a kernel that is built here, see watch-kernel.
# KVMFR_OTHER=FILE puts another module in for the benchmark.
# It knows how a module is built in a chroot and what an image holds. It must not know a test.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../boot/lib/common.sh
. "$(dirname "$0")/../boot/lib/common.sh"
# shellcheck source-path=SCRIPTDIR source=../boot/lib/guest.sh
. "$BOOT_DIR/lib/guest.sh"
# shellcheck source-path=SCRIPTDIR source=../../installers/lib/newc.sh
. "$TOP_DIR/installers/lib/newc.sh"
HERE=$TOP_DIR/tests/module

suite=$1 kind=$2

# Each is loaded after what it needs. A kernel that has one built in is fine.
needed='vgem vfio_iommu_type1 vfio-pci'

build_probe() {
    guest_headers "$OUT_DIR/guest/include"
    musl-gcc -std=gnu11 -D_GNU_SOURCE -O1 -static -no-pie "${guest_warnings[@]}" -Wno-format-nonliteral \
        -isystem "$OUT_DIR/guest/include" -o "$1" "$HERE"/probe/*.c
}

# Builds a module's copy in the chroot, where nobody else writes: the same release's headers and compiler.
# W=1 asks for the kernel's own extra warnings, C=1 for sparse where the headers can run it.
in_chroot() {
    local tree=$1 work=$2 version=$3
    mount --bind "$work" "$tree/mnt"
    mount -t proc proc "$tree/proc"
    chroot "$tree" make -C "/lib/modules/$version/build" M=/mnt/module W=1 C=1 modules
    chroot "$tree" make -C "/lib/modules/$version/build" M=/mnt/importer modules
}

unpack() {
    case $1 in
        *.ko) cp "$1" "$2" ;;
        *.ko.xz) xz -dc "$1" >"$2" ;;
        *.ko.zst) zstd -qdc "$1" >"$2" ;;
        *) die "unknown kind of module file: $1" ;;
    esac
}

add_modules() {
    local tree=$1 version=$2 to=$3 name number=10 kind_of file
    mkdir -p "$to"
    for name in $needed; do
        while read -r kind_of file _; do
            [ "$kind_of" = insmod ] || continue
            unpack "$file" "$to/tmp.ko"
            file=${file##*/} file=${file%%.ko*}
            if compgen -G "$to/*-$file.ko" >/dev/null; then
                rm "$to/tmp.ko"
            else
                mv "$to/tmp.ko" "$to/$number-$file.ko"
                number=$((number + 1))
            fi
        done < <(modprobe --config /dev/null -S "$version" -d "$tree" --show-depends "$name" 2>/dev/null)
    done
}

# This machine's QEMU with its libraries, TCG and the firmware of a plain PC.
add_qemu() {
    local to=$1 qemu modules file
    qemu=$(command -v qemu-system-x86_64)
    modules=$(find /usr/lib -name accel-tcg-x86_64.so -print -quit)
    mkdir -p "$to/qemu/lib" "$to/qemu/modules" "$to/qemu/firmware" "$to/lib64"
    cp "$qemu" "$to/qemu/"
    [ -z "$modules" ] || cp "$modules" "$to/qemu/modules/"
    ldd "$qemu" ${modules:+"$modules"} | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' | sort -u | while read -r file; do
        cp -L "$file" "$to/qemu/lib/"
    done
    cp -L /lib64/ld-linux-x86-64.so.2 "$to/lib64/"
    for file in bios-256k.bin kvmvapic.bin linuxboot_dma.bin; do
        cp -L "$(find /usr/share/qemu /usr/share/seabios -name "$file" -print -quit)" "$to/qemu/firmware/" || :
    done
}

build() {
    local tree=$1 out=$2 version work
    [ ! -s "$out/image" ] || return 0
    version=$(cd "$tree/lib/modules" && echo *)
    rm -rf "$out.new"
    mkdir -p "$out.new/root"
    work=$out.new
    cp -r "$TOP_DIR/module" "$work/module"
    cp -r "$HERE/importer" "$work/importer"
    if ! "$BOOT_DIR/../private-mounts.sh" "$HERE/image.sh" --inside "$tree" "$work" "$version" >"$work/build.log" 2>&1; then
        cp "$work/build.log" "$out.log"
        tail -n 25 "$work/build.log" >&2
        die "the module does not build for $suite"
    fi
    cp "$work/module/kvmfr.ko" "$work/"
    strip --strip-debug -o "$work/root/kvmfr.ko" "$work/kvmfr.ko"
    cp "$work/importer/importer.ko" "$work/"
    add_modules "$tree" "$version" "$work/root/modules"
    cp "$work/importer.ko" "$work/root/modules/99-importer.ko"
    [ -z "${KVMFR_OTHER:-}" ] || cp "$KVMFR_OTHER" "$work/root/other.ko"
    build_probe "$work/root/init"
    [ "$kind" != nested ] || add_qemu "$work/root"
    newc_write "$work/root" >"$work/image.raw"
    gzip -1n <"$work/image.raw" >"$work/image"
    rm -r "$work/image.raw" "$work/root"
    cp "$tree"/boot/vmlinuz-* "$work/linux"
    printf '%s\n' "$version" >"$work/version"
    rm -rf "$out"
    mv -T "$out.new" "$out"
}

if [ "$suite" = --inside ]; then
    in_chroot "$2" "$3" "$4"
    exit
fi
need_root
chroot=module
[ "$kind" != watch ] || chroot=watch
tree=$("$BOOT_DIR/chroot.sh" "$suite" "$chroot")
out=$OUT_DIR/module/$suite-$kind-$(printf '%s' "$tree" | cat - <(hash_of "$TOP_DIR/module" "$HERE/importer" "$HERE/probe" \
    "$HERE/image.sh" ${KVMFR_OTHER:+"$KVMFR_OTHER"}) | sha256sum | cut -c1-12)
with_lock "$out.lock" build "$tree" "$out" >&2
printf '%s\n' "$out"
