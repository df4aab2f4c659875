# shellcheck shell=bash disable=SC2154,SC2034 # the variables are shared by all parts, see setup.sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What vfio-early-setup must know of initramfs-tools: where hooks go, which images there are, how
# one is rebuilt and opened, and what makes our script run in time. A file like this one is all that
# another generator needs. It must not know what the hooks do.
#
#   generator_name             one word
#   generator_detect           is it on this system?
#   generator_files            lines: SOURCE (below hooks/) and TARGET
#   generator_images           lines: kernel VERSION and IMAGE
#   generator_rebuild VERSION IMAGE
#   generator_unpack IMAGE DIR unpacks into DIR/1, DIR/2, ... in the order the kernel does
#   generator_makes_uki        yes where it makes unified kernel images itself
#   generator_prove            proofs on the unpacked image that only this generator has

# shellcheck disable=SC2034
generator_name=initramfs-tools

# dracut has a command update-initramfs too, so that one proves nothing. The package initramfs-tools-core has
# mkinitramfs and no more: where kernels call another generator, it builds nothing.
generator_detect() {
    local named
    [ -x "$root/usr/sbin/mkinitramfs" ] && [ -d "$root/usr/share/initramfs-tools/hooks" ] || return 1
    [ ! -x "$root/etc/kernel/postinst.d/initramfs-tools" ] || return 0
    [ ! -x "$root/etc/kernel/postinst.d/dracut" ] || [ ! -x "$root/usr/bin/dracut" ] || return 1
    named=$(kernel_install_names)
    [ -z "$named" ] || [ "$named" = initramfs-tools ]
}

generator_files() {
    say "initramfs-tools/hooks/vfio-early /etc/initramfs-tools/hooks/vfio-early"
    say "initramfs-tools/scripts/init-top/00-vfio-early /etc/initramfs-tools/scripts/init-top/00-vfio-early"
    say "initramfs-tools/scripts/init-bottom/00-vfio-early /etc/initramfs-tools/scripts/init-bottom/00-vfio-early"
}

# Images of kernels that are still installed.
generator_images() {
    local path version
    for path in "$root"/boot/initrd.img-*; do
        version=${path##*/initrd.img-}
        case $version in
            *.bak | *.new | *.dpkg-bak) continue ;;
        esac
        [ -f "$path" ] || continue
        if [ -d "$root/lib/modules/$version" ]; then
            say "$version ${path#"$root"}"
            entry_images "$version"
        else
            skip "${path#"$root"}" "this kernel is not installed"
        fi
    done
}

# Writes beside the image and renames: when it fails, the previous image stays. The image beside a boot loader's entry
# is a copy, which a script of update-initramfs makes.
generator_rebuild() {
    [ "$2" = "/boot/initrd.img-$1" ] || return 0
    in_root update-initramfs -u -k "$1" </dev/null
}

# unmkinitramfs makes early, early2, ... and main; or, from a single archive, no directory at all.
generator_unpack() {
    local inside=${2#"$root"} part number=1
    in_root unmkinitramfs "$1" "$inside/all" </dev/null || return 1
    if [ ! -d "$2/all/main" ]; then
        mv "$2/all" "$2/1"
        return
    fi
    for part in early early2 early3 early4 main; do
        [ ! -d "$2/all/$part" ] || mv "$2/all/$part" "$2/$number" || return 1
        number=$((number + 1))
    done
    rm -rf "$2/all"
}

generator_prove() {
    prove_script init-top "runs before udev" "run-time script"
    prove_script init-bottom "waits before udev moves /dev" "script of the end"
}

# prove_script STEP TEXT WHAT - ours is in the image, and in this step of the boot it comes before udev's.
prove_script() {
    local order name=initramfs-tools/scripts/$1/00-vfio-early script
    # A script in /etc stands before one of the same name that came with a package.
    script=$(packaged "$name") || script=/etc/$name
    [ ! -e "$root/etc/$name" ] || script=/etc/$name
    prove_same "$3" "$script" "/scripts/$1/00-vfio-early"
    if ! order=$(in_image "/scripts/$1/ORDER"); then
        proof FAIL "scripts/$1/ORDER is not in the image"
    elif awk -v step="/scripts/$1/" 'index($0, step "00-vfio-early ") == 1 { ours = NR } index($0, step "udev ") == 1 { udev = NR }
        END { exit !(ours && (!udev || ours < udev)) }' "$order"; then
        proof ok "order: 00-vfio-early $2"
    else
        proof FAIL "order: 00-vfio-early does not run before udev (scripts/$1/ORDER)"
    fi
}
