# shellcheck shell=bash disable=SC2154,SC2034 # the variables are shared by all parts, see setup.sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What vfio-early-setup must know of mkosi-initrd: whether it builds this system's images, where they are, how one is
# rebuilt and opened, and what makes our unit run. The functions are those that generators/initramfs-tools.sh
# explains. It must not know what the files do.

generator_name=mkosi
mkosi_dir=/etc/mkosi-initrd/mkosi.conf.d/50-vfio-early

# Only kernel-install calls it, and only where its configuration says so.
generator_detect() {
    [ -x "$root/usr/bin/mkosi-initrd" ] || return 1
    case $(kernel_install_names) in
        mkosi | mkosi-initrd) ;;
        *) return 1 ;;
    esac
}

generator_files() {
    local file
    for file in mkosi.finalize mkosi.conf.d/{modprobe,names,policy,policy-folder}.conf; do
        say "mkosi/50-vfio-early/$file $mkosi_dir/$file"
    done
    for file in "$share"/hooks/systemd/vfio-early*; do
        file=${file##*/}
        say "systemd/$file $mkosi_dir/mkosi.extra/usr/lib/systemd/system/$file"
    done
}

generator_images() {
    images_of_kernels entry_images
}

# mkosi-initrd writes beside the image and renames. In a chroot it cannot mount what it needs, and fails.
generator_rebuild() {
    in_root mkosi-initrd --kernel-version "$1" --output "$(basename "$2")" --output-dir "$(dirname "$2")" </dev/null
}

generator_unpack() {
    mkdir "$2/1" || return 1
    unpack_archive "$1" "${2#"$root"}/1"
    [ -e "$2/1/init" ] || [ -L "$2/1/init" ]
}

generator_prove() {
    local from=$mkosi_dir/mkosi.extra/usr/lib/systemd/system
    [ -e "$root$from" ] || from=${from/#\/etc/\/usr\/lib}
    prove_systemd "$from" 1
}
