# shellcheck shell=bash disable=SC2154 # the variables are shared by all parts, see run
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Cases: the hooks of mkinitcpio through the functions that it documents, and what the installer does
# with it. mkinitcpio is no Debian package: mkinitcpio/ beside this file holds stand-ins, written from
# its manual. The real one is booted by tests/boot/mkinitcpio/run.

mk_image=/boot/initramfs-linux.img

# mk_machine FLAVOUR - a machine whose images mkinitcpio makes; udev or systemd is in HOOKS.
mk_machine() {
    local dir=$top/tests/hooks/mkinitcpio
    fresh_machine
    rm "$m/usr/sbin/mkinitramfs"
    mkdir -p "$m/etc/mkinitcpio.conf.d" "$m/etc/mkinitcpio.d" "$m/etc/initcpio/install" "$m/etc/initcpio/hooks" "$m/usr/lib/initcpio"
    cp "$dir/mkinitcpio" "$dir/lsinitcpio" "$m/usr/bin/"
    cp "$dir/functions" "$m/usr/lib/initcpio/"
    [ -e "$m/usr/bin/xz" ] || ln -s busybox "$m/usr/bin/xz"
    echo "HOOKS=(base $1 modconf)" >"$m/etc/mkinitcpio.conf"
    printf '%s\n' "ALL_kver=/boot/vmlinuz-$version" "PRESETS=(default)" "default_image=$mk_image" >"$m/etc/mkinitcpio.d/linux.preset"
    in_machine mkinitcpio -p linux
}

# mk_built FLAVOUR - the same with our hooks.
mk_built() {
    mk_machine "$1"
    setup install --no-rebuild || cat "$work/last.out"
    mk_build
}

mk_build() {
    rm -f "$m/var/tmp/calls"
    in_machine mkinitcpio -p linux >"$work/last.out" 2>&1
}

# called LINE - the hook called a function with exactly these words.
called() {
    grep -xF -- "$1" "$m/var/tmp/calls" || {
        cat "$m/var/tmp/calls"
        return 1
    }
}

mk_modules() {
    in_machine vfio-early manifest --kernel "$version" | sed -n 's/^module /add_module /p'
}

case_mkinitcpio_udev() {
    mk_built udev
    check "the image is built" test -s "$m$mk_image"
    check "the binary goes to its place" called "add_binary /usr/local/sbin/vfio-early /usr/sbin/vfio-early"
    check "so does the policy" called "add_file /etc/vfio-early.conf"
    check "the manifest names modules" test -n "$(mk_modules)"
    check "exactly the modules of the manifest" diff <(mk_modules) <(grep ^add_module "$m/var/tmp/calls")
    check "so does the run-time hook" called "add_runscript"
    check "no unit" not grep systemd "$m/var/tmp/calls"
    check "no module is there twice" not grep updates/ "$m/var/tmp/calls"
    check "nothing is said" unsaid WARNING
}

case_mkinitcpio_systemd() {
    mk_built systemd
    check "the binary goes to its place" called "add_binary /usr/local/sbin/vfio-early /usr/sbin/vfio-early"
    for unit in "$top"/hooks/systemd/vfio-early*.*; do
        unit=${unit##*/}
        check "$unit" called "add_file /etc/initcpio/vfio-early/$unit /usr/lib/systemd/system/$unit 644"
    done
    check "sysinit.target wants the claim" called \
        "add_symlink /usr/lib/systemd/system/sysinit.target.wants/vfio-early.service ../vfio-early.service"
    check "no run-time hook: nothing would run it" not grep add_runscript "$m/var/tmp/calls"
    mkdir -p "$m/usr/lib/systemd/system"
    mv "$m"/etc/initcpio/vfio-early/* "$m/usr/lib/systemd/system/" && rmdir "$m/etc/initcpio/vfio-early"
    mk_build
    check "a package's units are found too" called \
        "add_file /usr/lib/systemd/system/vfio-early.service /usr/lib/systemd/system/vfio-early.service 644"
    rm "$m"/usr/lib/systemd/system/vfio-early*
    check "a missing unit is an error of the build" not mk_build
}

# What may be wrong on a system. The image is made all the same.
case_mkinitcpio_trouble() {
    mk_built udev
    echo 'options vfio-pci disable_vga=1' >"$m/etc/modprobe.d/one.conf"
    echo 'options vfio_iommu_type1 allow_unsafe_interrupts=1' >"$m/etc/modprobe.d/two.conf"
    echo 'options vfio-pci-else x=1' >"$m/etc/modprobe.d/three.conf"
    mk_build
    check "options of our modules come along" called "add_file /etc/modprobe.d/one.conf"
    check "however the name is written" called "add_file /etc/modprobe.d/two.conf"
    check "others do not" not called "add_file /etc/modprobe.d/three.conf"

    mv "$m/usr/local/sbin/vfio-early" "$m/usr/local/sbin/real"
    check "without the binary the build has an error" not mk_build
    check "and it is said" said "binary not found: vfio-early"
    # shellcheck disable=SC2016
    printf '#!/bin/sh\n/usr/local/sbin/real "$@"\necho module nosuch\nexit 5\n' >"$m/usr/local/sbin/vfio-early"
    chmod 755 "$m/usr/local/sbin/vfio-early"
    check "a manifest that fails is no error" mk_build
    check "its status is said" said "WARNING: vfio-early manifest: exit status 5"
    check "a module that the kernel lacks is said" said "WARNING: this kernel has no module nosuch"
    check "what it listed is there" called "add_module vfio_pci"
}

# A kernel of which it is not known that it decompresses modules gets plain copies.
case_mkinitcpio_plain() {
    mk_built udev
    sed -i '/CONFIG_MODULE_DECOMPRESS=/d' "$m/boot/config-$version"
    mk_build
    if [ "$suite" = bookworm ]; then
        check "modules of this release are plain anyway" not grep updates/ "$m/var/tmp/calls"
        return
    fi
    check "a plain copy is added" called "add_file - /lib/modules/$version/updates/vfio-pci.ko 644"
    check "the proof is content with it" status 0 setup verify
    echo MODULES_DECOMPRESS=yes >>"$m/etc/mkinitcpio.conf"
    mk_build
    check "not where mkinitcpio decompresses all" not grep updates/ "$m/var/tmp/calls"
    sed -i '/MODULES_DECOMPRESS/d' "$m/etc/mkinitcpio.conf"
    rm "$m"/usr/bin/xz
    mk_build
    check "a copy that cannot be made is said" said "cannot decompress module vfio_pci"
}

# order HOOKS-LINE WANTED - the drop-in is read twice, as mkinitcpio does.
order() {
    local got
    got=$(printf '%s' "$1" | cat - "$top/hooks/mkinitcpio/zz-vfio-early.conf" >"$work/conf" &&
        bash -c '. "$1" && . "$2" && echo "${HOOKS[*]}"' bash "$work/conf" "$top/hooks/mkinitcpio/zz-vfio-early.conf" 2>"$work/last.out")
    echo "got: $got"
    [ "$got" = "$2" ]
}

case_mkinitcpio_order() {
    fresh_machine
    check "before udev" order 'HOOKS=(base udev block)' 'base vfio-early udev block'
    check "nothing is said" test ! -s "$work/last.out"
    check "before systemd" order 'HOOKS=(base systemd block)' 'base vfio-early systemd block'
    check "first of all" order 'HOOKS=(udev)' 'vfio-early udev'
    check "before the first of two" order 'HOOKS=(base udev systemd)' 'base vfio-early udev systemd'
    check "a string" order 'HOOKS="base udev block"' 'base vfio-early udev block'
    check "there already" order 'HOOKS=(base vfio-early udev)' 'base vfio-early udev'
    check "there in the wrong place" order 'HOOKS=(base udev vfio-early)' 'base vfio-early udev'
    check "there twice" order 'HOOKS=(vfio-early base udev vfio-early)' 'base vfio-early udev'
    check "a similar name" order 'HOOKS=(base udev-x udev)' 'base udev-x vfio-early udev'
    check "after a line without newline" order "HOOKS=(base udev) # mine" 'base vfio-early udev'
    check "neither: unchanged" order 'HOOKS=(base mdev)' 'base mdev'
    check "and said" said 'neither udev nor systemd in HOOKS'
    check "neither, but there: unchanged" order 'HOOKS=(base vfio-early mdev)' 'base vfio-early mdev'
    check "and nothing is said" test ! -s "$work/last.out"
}
