# shellcheck shell=bash disable=SC2154,SC2016,SC2034 # the variables are shared by all parts, see run; eval
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Cases: what happens to a system after the installation: kernels come and go, the policy changes, a module is built
# again, images lie elsewhere or are another generator's.

# new_kernel VERSION - the same kernel by another name, announced as dpkg announces one.
new_kernel() {
    cp -a "$m/lib/modules/$version" "$m/lib/modules/$1"
    cp "$m/boot/vmlinuz-$version" "$m/boot/vmlinuz-$1"
    cp "$m/boot/config-$version" "$m/boot/config-$1"
    in_machine depmod "$1"
    in_machine run-parts --verbose --exit-on-error --arg="$1" --arg="/boot/vmlinuz-$1" /etc/kernel/postinst.d >"$work/last.out" 2>&1
}

case_new_kernel() {
    installed_machine
    check "a new kernel gets its image by the hooks of dpkg" eval 'new_kernel 9.9-new && [ -s "$m/boot/initrd.img-9.9-new" ]'
    check "verify proves it" status 0 setup verify
    check "the new one too" said "ok    /boot/initrd.img-9.9-new: module vfio_pci"
    rm -r "$m/lib/modules/9.9-new" "$m/boot/vmlinuz-9.9-new" "$m/boot/config-9.9-new"
    check "the kernel is removed" in_machine run-parts --arg=9.9-new --arg=/boot/vmlinuz-9.9-new /etc/kernel/postrm.d
    check "its image is gone" not test -e "$m/boot/initrd.img-9.9-new"
    check "nothing of it stays" test -z "$(find "$m/boot" "$m/var/lib/vfio-early" -name '*9.9*')"
    check "verify proves what is left" status 0 setup verify
    check "and asks for no more" unsaid 9.9-new
}

# The machine-readable form: three fields, nothing else.
plain_is_plain() {
    setup verify --plain 2>/dev/null
    grep -q . "$work/last.out" && ! grep -vP '^(ok|problem|unknown)\t[^\t]+\t[^\t]+$' "$work/last.out"
}

# STATE TEXT - what `vfio-early check`, in the machine, makes of it: the state is that of each answer about images.
check_answers() {
    mkdir -p "$m/proc" && mount -t proc proc "$m/proc"
    in_machine vfio-early check >"$work/last.out" 2>&1
    umount "$m/proc"
    [ "$(sed -n 's/^\([a-z]*\)  *image  *.*/\1/p' "$work/last.out" | sort -u)" = "$1" ] && said "$2"
}

case_check_asks_verify() {
    installed_machine
    check "everything is installed" "$top/installers/files.sh" install "$m" /usr/local
    check "and in the image" status 0 setup install
    check "check asks the installer" check_answers ok 'vfio-early-setup verify proved'
    echo 'claim group=2' >>"$m/etc/vfio-early.conf"
    check "a changed policy is a problem" check_answers problem "$img: policy /etc/vfio-early.conf differs"
}

case_verify_plain() {
    installed_machine
    check "all is right" status 0 setup verify --plain
    check "the form" plain_is_plain
    check "a fact" said "ok	$img	binary is identical to /usr/local/sbin/vfio-early"
    check "no problem" unsaid problem
    echo 'claim group=2' >>"$m/etc/vfio-early.conf"
    check "a changed policy is a problem" status 4 setup verify --plain
    check "the form" plain_is_plain
    check "it is named" said "problem	$img	policy /etc/vfio-early.conf differs"
    rm "$m$img"
    check "no image is a problem" status 4 setup verify --plain
    check "it is said" said "problem	-	no image of initramfs-tools found"
    mv "$m/usr/sbin/mkinitramfs" "$m/usr/sbin/away"
    check "no generator: not possible" status 5 setup verify --plain
    check "it is unknown" said "unknown	-	no initramfs generator that we know"
    check "--plain belongs to verify" status 2 setup install --plain
}

case_rebuild() {
    installed_machine
    ln -s "$version" "$m/lib/modules/1.0-older"
    ln -s "config-$version" "$m/boot/config-1.0-older"
    in_machine update-initramfs -c -k 1.0-older >"$work/last.out" 2>&1
    echo 'claim group=2' >>"$m/etc/vfio-early.conf"
    check "one kernel" status 0 setup rebuild --kernel 1.0-older
    check "its image is proven" said "ok    /boot/initrd.img-1.0-older: policy /etc/vfio-early.conf is identical"
    check "the other is not touched" unsaid "$img"
    check "and is still old" eval '! setup verify && said "FAIL  $img: policy" && unsaid "FAIL  /boot/initrd.img-1.0-older"'
    check "a kernel without an image: nothing to do" status 0 setup rebuild --kernel 3.3
    check "and that is said" said "no image of Linux 3.3 yet"
    check "all" status 0 setup rebuild
    check "all are right" status 0 setup verify
    check "a version that is none" status 2 setup rebuild --kernel ../x
}

# module_of_source CHECKSUM - vfio-pci as DKMS would install it, made of a source with this checksum.
module_of_source() {
    local file to=$m/lib/modules/$version/updates/dkms/vfio-pci.ko
    file=$(find "$m/lib/modules/$version/kernel/" -name 'vfio-pci.ko*')
    mkdir -p "${to%/*}"
    case $file in
        *.xz) xz -dc "$file" >"$to" ;;
        *) cp "$file" "$to" ;;
    esac
    objcopy --dump-section ".modinfo=$work/modinfo" "$to" && printf 'srcversion=%s\0' "$1" >>"$work/modinfo" &&
        objcopy --update-section ".modinfo=$work/modinfo" "$to" && in_machine depmod "$version" &&
        [ "$(in_machine modinfo -k "$version" -F srcversion vfio-pci)" = "$1" ]
}

# A module that was built again (DKMS): the image has the old one until it is rebuilt.
case_rebuilt_module() {
    installed_machine
    check "a module by DKMS" module_of_source 0123456789ABCDEF
    build
    check "the image has it" status 0 setup verify
    check "the module is built again, of another source" module_of_source FEDCBA9876543210
    check "that is a problem" status 4 setup verify
    check "which is named" said "module vfio_pci is another one than that of Linux $version here"
    check "rebuild for this kernel" status 0 setup rebuild --kernel "$version"
    check "puts it right" status 0 setup verify
}

# The copy that is beside a boot loader's entry is the one that boots.
case_entry_copy() {
    installed_machine
    local copy=/boot/efi/0123456789abcdef/$version/initrd.img-$version
    mkdir -p "$m${copy%/*}"
    cp "$m$img" "$m$copy"
    check "the copy is proven too" eval 'setup verify && said "ok    $copy: binary is identical"'
    echo 'claim group=2' >>"$m/etc/vfio-early.conf"
    build
    check "a copy that is older is a problem" status 4 setup verify
    check "and is named" said "FAIL  $copy: policy /etc/vfio-early.conf differs"
    check "the other is right" unsaid "FAIL  $img"
}

# unified FILE IMAGE [WORDS] - an EFI program with this image inside, made by binutils.
unified() {
    local dir=$work/efi
    mkdir -p "$dir" "$(dirname "$1")"
    printf '%s\0' "$version" >"$dir/uname"
    echo 'int _start(void) { return 0; }' | gcc -x c -shared -nostdlib -fPIC -o "$dir/so" - &&
        objcopy -j .text -O efi-app-x86_64 "$dir/so" "$dir/efi" &&
        printf '%s' "${3:-quiet}" >"$dir/cmdline" &&
        objcopy --add-section .uname="$dir/uname" --change-section-vma .uname=0x2000000 \
            --add-section .cmdline="$dir/cmdline" --change-section-vma .cmdline=0x1000000 --add-section .initrd="$2" --change-section-vma .initrd=0x3000000 "$dir/efi" "$1"
}

case_unified() {
    installed_machine
    local path=/boot/efi/EFI/Linux/debian-$version.efi
    check "a unified kernel image" unified "$m$path" "$m$img"
    check "is opened and proven" eval 'setup verify && said "ok    $path: binary is identical" && said "ok    $path: order: "'
    cp "$m$path" "$work/old.efi"
    echo 'claim group=2' >>"$m/etc/vfio-early.conf"
    build
    check "one that is older than the policy is a problem" status 4 setup verify
    check "and is named" said "FAIL  $path: policy /etc/vfio-early.conf differs"
    check "the other image is right" unsaid "FAIL  $img"
    check "where nothing makes it again, rebuild fails" status 1 setup rebuild
    check "and says so" said "$path: kernel-install does not make this file"
    check "the file is as it was" cmp "$work/old.efi" "$m$path"
    unified "$m/var/tmp/new.efi" "$m$img"
    printf '#!/bin/sh\n[ "$1 $2 $3" = "add %s /boot/vmlinuz-%s" ] && cp /var/tmp/new.efi "%s"\n' "$version" "$version" "$path" \
        >"$m/usr/bin/kernel-install"
    chmod 755 "$m/usr/bin/kernel-install"
    check "kernel-install makes it again" status 0 setup rebuild
    check "and it is proven" said "ok    $path: policy /etc/vfio-early.conf is identical"
    truncate -s 20000 "$m$path"
    check "a file that is cut off is a problem" status 4 setup verify
    check "and is named" said "FAIL  $path: cannot be unpacked"
    version=9.9-gone unified "$m$path" "$m$img"
    check "one of another kernel is not opened" eval 'setup verify && said "?     $path: unified kernel image: newer"'
}

# A vendor's image without us, and an addon with the overlay.
case_unified_addon() {
    installed_machine
    local path=/boot/efi/EFI/Linux/vendor.efi addon
    addon=$path.extra.d/vfio-early.addon.efi
    unified "$m$path" "$work/base/m$img"
    check "the image does not hold it" eval '! setup verify && said "FAIL  $path: binary is not in the image"'
    setup overlay --kernel "$version" -o "$work/overlay" --compress gzip
    unified "$m$addon" "$work/overlay" 'rdinit=/vfio-early/init'
    check "the addon does" status 0 setup verify
    check "the program" said "ok    $addon: binary is identical to /usr/local/sbin/vfio-early"
    check "the policy" said "ok    $addon: policy /etc/vfio-early.conf is identical"
    check "the modules" said "ok    $addon: module vfio_pci"
    echo 'claim group=2' >>"$m/etc/vfio-early.conf"
    build
    check "one that is older than the policy is a problem" eval '! setup verify && said "FAIL  $addon: policy" && unsaid "FAIL  $img"'
    check "rebuild cannot make it" status 1 setup rebuild
    check "and says what can" said "$path: vfio-early is in its addon $addon; make that again"
    rm "$m$addon"
    unified "$m$addon" "$work/overlay" 'rdinit=/other'
    check "an addon that does not start it does not count" eval '! setup verify && said "FAIL  $path: binary is not"'
}

# others NAME COMMAND IMAGE
others() {
    local other=$1 path=$3
    mkdir -p "$m$(dirname "$2")" "$m$(dirname "$3")"
    : >"$m$2"
    chmod 755 "$m$2"
    : >"$m$3"
    touch -d '+1 minute' "$m$3"
    check "$1: an image that is newer than the policy" status 0 setup verify --plain
    check "$1: is not called good" said "unknown	$3	$1: newer than the policy"
    touch -d '+2 minutes' "$m/etc/vfio-early.conf"
    check "$1: an image that is older than the policy" status 4 setup verify --plain
    check "$1: is a problem" said "problem	$3	$1: older than the policy /etc/vfio-early.conf"
    touch "$m/etc/vfio-early.conf"
    touch -d '+2 minutes' "$m/etc/vfio-early.d"
    check "$1: a policy file that went" eval 'setup verify --plain; said "unknown	$path	$other: a file in /etc/vfio-early.d"'
    touch "$m/etc/vfio-early.d"
    touch -d '+2 minutes' "$m/usr/local/sbin/vfio-early"
    check "$1: an image that is older than the program" status 4 setup verify --plain
    touch "$m/usr/local/sbin/vfio-early"
    rm "$m$3" "$m$2"
}

case_other_generators() {
    installed_machine
    mkdir "$m/etc/vfio-early.d"
    others booster /usr/bin/booster /boot/booster-linux.img
    others UGRD /usr/bin/ugrd /boot/ugrd-6.12.cpio
    others mkinitfs /sbin/mkinitfs /boot/initramfs-lts
    others genkernel /usr/bin/genkernel /boot/initramfs-6.12-gentoo.img
    others 'unified kernel image' /usr/bin/none /efi/EFI/Linux/linux.efi
    touch "$m/etc/NIXOS"
    check "NixOS is not called good" eval 'setup verify --plain && said "unknown	/run/current-system/initrd	NixOS"'
    rm "$m/etc/NIXOS"
    mv "$m/usr/sbin/mkinitramfs" "$m/usr/sbin/away"
    : >"$m/usr/bin/booster" && chmod 755 "$m/usr/bin/booster"
    : >"$m/boot/booster-linux.img"
    touch -d '+1 minute' "$m/boot/booster-linux.img"
    check "where it is the only one, too" status 0 setup verify
}
