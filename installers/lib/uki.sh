# shellcheck shell=bash disable=SC2154 # the variables are shared by all parts, see setup.sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Unified kernel images: one EFI program that holds a kernel, its image and the version, each in a section. This file
# reads sections and knows what makes such an image again. It must not know what is in the image inside, nor a generator. An
# addon beside it may hold our overlay instead.

# number FILE OFFSET BYTES - as this kind of file has numbers.
number() {
    od -An -v -tu"$3" --endian=little -j"$2" -N"$3" "$1" 2>/dev/null | tr -d ' \n'
}

is_uki() {
    [ "$(head -c 2 "$1" 2>/dev/null | tr -d '\0')" = MZ ]
}

# uki_section FILE NAME - prints the first section of this name. Where there is none, or the file is no such program, it fails.
uki_section() {
    local file=$1 pe count at name size stored offset
    is_uki "$file" && pe=$(number "$file" 60 4) && [ "$(number "$file" "${pe:-0}" 4)" = 17744 ] || return 1 # "PE\0\0"
    count=$(number "$file" $((pe + 6)) 2)
    at=$((pe + 24 + $(number "$file" $((pe + 20)) 2)))
    for (( ; count > 0; count--, at += 40)); do
        name=$(tail -c +$((at + 1)) "$file" | head -c 8 | tr -d '\0')
        [ "$name" = "$2" ] || continue
        size=$(number "$file" $((at + 8)) 4) stored=$(number "$file" $((at + 16)) 4) offset=$(number "$file" $((at + 20)) 4)
        [ "$size" -le "$stored" ] || size=$stored
        tail -c +$((offset + 1)) "$file" | head -c "$size"
        return 0
    done
    return 1
}

# uki_images VERSION - a line VERSION and IMAGE for each that is of this kernel.
uki_images() {
    local path
    for path in "$root"/{boot,efi,boot/efi}/EFI/Linux/*.efi; do
        if [ -f "$path" ] && [ "$(uki_section "$path" .uname | tr -d '\0')" = "$1" ]; then
            say "$1 ${path#"$root"}"
        fi
    done
}

# open_image IMAGE DIR and rebuild_image VERSION IMAGE - whichever kind it is.
open_image() {
    if is_uki "$root$1"; then uki_unpack "$@"; else generator_unpack "$@"; fi
}

rebuild_image() {
    if [ -z "${generator_makes_uki:-}" ] && is_uki "$root$2"; then uki_rebuild "$@"; else generator_rebuild "$@"; fi
}

# uki_unpack IMAGE DIR - the image inside, by the generator that makes the images here.
uki_unpack() {
    uki_section "$root$1" .initrd >"$2/initrd" && generator_unpack "${2#"$root"}/initrd" "$2" || return 1
    rm "$2/initrd"
}

# uki_addon IMAGE - the addon that has the boot begin with our overlay, if there is one.
uki_addon() {
    local file
    for file in "$root$1".extra.d/*.addon.efi "$root${1%/EFI/Linux/*}"/loader/addons/*.addon.efi; do
        if [ -f "$file" ] && uki_section "$file" .cmdline | tr -d '\0' | grep -qw 'rdinit=/vfio-early/init'; then
            say "${file#"$root"}"
            return 0
        fi
    done
    return 1
}

# uki_addon_unpack ADDON DIR - the overlay in it, with everything where an image has it.
uki_addon_unpack() {
    local inside=${2#"$root"} dir
    mkdir -p "$2/1/usr/sbin" || return 1
    uki_section "$root$1" .initrd >"$2/initrd" || return 1
    unpack_archive "$inside/initrd" "$inside" || return 1
    rm "$2/initrd"
    mv "$2/vfio-early/init" "$2/1/usr/sbin/vfio-early" && mv "$2/vfio-early"/* "$2/1/" || return 1
    for dir in "$2"/1/lib/modules/*/; do find "$dir" -name '*.ko*' -printf '%P:\n' >"${dir}modules.dep"; done
    rmdir "$2/vfio-early"
}

# uki_rebuild VERSION IMAGE - by kernel-install, where that is what makes it. It builds elsewhere and copies at the end.
uki_rebuild() {
    local kernel_file before
    if before=$(uki_addon "$2"); then
        warn "$2: vfio-early is in its addon $before; make that again, with the archive of vfio-early-setup overlay"
        return 1
    fi
    before=$(stat -c %i:%Y:%s "$root$2")
    for kernel_file in "/usr/lib/modules/$1/vmlinuz" "/boot/vmlinuz-$1"; do
        if [ ! -e "$root$kernel_file" ] || [ ! -x "$root/usr/bin/kernel-install" ]; then continue; fi
        in_root kernel-install add "$1" "$kernel_file" </dev/null || return 1
        [ "$before" = "$(stat -c %i:%Y:%s "$root$2")" ] || return 0
        break
    done
    warn "$2: kernel-install does not make this file; rebuild it with what made it"
    return 1
}
