#!/bin/bash
# shellcheck disable=SC2154 # the variables and inst_* are those of dracut
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dracut module: vfio-early, its policy and its modules go into the image. It asks `vfio-early
# manifest` for the list and must not know any of it. What is missing gives a warning; the image is
# made all the same. In an image with systemd units run the claim, in the other kind a hook.

vfio_early() { PATH=/usr/local/sbin:/usr/sbin:/sbin type -P vfio-early; }

vfio_early_list() {
    "$(vfio_early)" manifest --kernel "$kernel" || dwarn "vfio-early manifest for Linux $kernel: exit status $?"
}

check() { vfio_early >/dev/null || { dwarn "no vfio-early in /usr/local/sbin or /usr/sbin: no claim at boot" && return 1; }; }

# Modules go in plain, to updates/, which depmod prefers: the image is compressed anyway, the kernel
# unpacks that faster than a module, and some kernels unpack no module.
installkernel() {
    local kind name file tool plain
    # All of them first: each brings along what it needs.
    while read -r kind name; do
        [[ $kind != module ]] || hostonly='' drivers='' omit_drivers='' instmods "$name"
    done < <(vfio_early_list)
    while read -r kind name; do
        [[ $kind == module ]] || continue
        file=$(modinfo -k "$kernel" -F filename "$name") || { dwarn "vfio-early: Linux $kernel has no module $name" && continue; }
        case $file in *.xz) tool=xz ;; *.zst) tool=zstd ;; *.gz) tool=gzip ;; *) continue ;; esac
        plain=${file##*/} plain=$initdir/lib/modules/$kernel/updates/${plain%.*}
        mkdir -p "${plain%/*}" && "$tool" -dc "$file" 2>/dev/null >"$plain" && rm -f "$initdir$file" && continue
        rm -f "$plain"
        grep -qs '^CONFIG_MODULE_DECOMPRESS=y' "/boot/config-$kernel" "/lib/modules/$kernel/config" ||
            dwarn "vfio-early: cannot decompress module $name: this kernel cannot load it at boot"
    done < <(vfio_early_list)
}

install() {
    local kind name units=${systemdsystemunitdir:-/usr/lib/systemd/system}
    # The program for images is smaller: only what a boot runs.
    name=$(vfio_early) name=${name%/sbin/*}/lib/vfio-early/vfio-early
    [[ -x $name ]] || name=$(vfio_early)
    inst_simple "$name" /usr/sbin/vfio-early
    mkdir -p "$initdir/etc" && vfio_early_list >"$initdir/etc/vfio-early.manifest"
    while read -r kind name; do [[ $kind != policy ]] || inst_simple "$name"; done <"$initdir/etc/vfio-early.manifest"
    # Options for the modules; and what the hook needs to stop the boot.
    inst_multiple -o "/etc/modprobe.d/*.conf" reboot poweroff halt
    dracut_module_included systemd || {
        inst_hook cmdline 00 "$moddir/vfio-early.sh" && inst_hook pre-pivot 90 "$moddir/vfio-early-wait.sh"
        return
    }
    for name in "$moddir"/vfio-early*.{service,target}; do inst_simple "$name" "$units/${name##*/}"; done
    mkdir -p "$initdir$units/sysinit.target.wants" && ln -sfn ../vfio-early.service "$initdir$units/sysinit.target.wants/vfio-early.service"
}
