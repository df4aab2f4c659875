# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Disks from which UEFI firmware boots a kernel, an image and the overlay archive beside it. The tools, the loader
# and the firmware are those of the chroot "uefi". It knows systemd-boot and unified kernel images.
# It must not know what the archive holds. The variables are those of case.sh and vm.sh.
# shellcheck disable=SC2154,SC2034,SC2054
#
#   loader two-initrds   systemd-boot, an entry with two `initrd` lines
#   loader addon         a unified kernel image, and an addon with the archive and rdinit= beside it

loader() { case_loader=$1; }

# in_uefi COMMAND... - in the chroot, with the folder of the case as /mnt. The chroot is not written to.
in_uefi() {
    # The words in quotes are for the inner shell.
    # shellcheck disable=SC2016
    "$BOOT_DIR/../private-mounts.sh" sh -ec '
        tree=$1 dir=$2
        shift 2
        mount --bind "$dir" "$tree/mnt"
        mount -t tmpfs tmpfs "$tree/tmp"
        exec chroot "$tree" env PYTHONDONTWRITEBYTECODE=1 "$@"
    ' sh "$uefi_tree" "$case_dir" "$@"
}

# The files of the system partition, in DIR/esp.
esp_two_initrds() {
    local esp=$case_dir/esp words=$1
    mkdir -p "$esp/EFI/BOOT" "$esp/loader/entries"
    cp "$uefi_tree/usr/lib/systemd/boot/efi/systemd-bootx64.efi" "$esp/EFI/BOOT/BOOTX64.EFI"
    cp "$case_dir/image" "$esp/image"
    printf 'timeout 0\n' >"$esp/loader/loader.conf"
    {
        printf 'title test\nlinux /linux\ninitrd /image\n'
        if [ "$mode" != control ]; then
            cp "$case_dir/extra" "$esp/overlay"
            printf 'initrd /overlay\n'
        fi
        printf 'options %s\n' "$words"
    } >"$esp/loader/entries/test.conf"
}

# The addon holds archive and option, so that neither is ever without the other.
esp_addon() {
    local boot=$case_dir/esp/EFI/BOOT words=${1/ rdinit=\/vfio-early\/init/} made=/mnt/esp/EFI/BOOT/BOOTX64.EFI
    mkdir -p "$boot/BOOTX64.EFI.extra.d"
    in_uefi ukify build --linux=/mnt/esp/linux --initrd=/mnt/image --cmdline="$words" --output=$made || return 1
    [ "$mode" != control ] || return 0
    in_uefi ukify build --initrd=/mnt/extra --cmdline=rdinit=/vfio-early/init \
        --output=$made.extra.d/vfio-early.addon.efi
}

# uefi_disk KERNEL WORDS - fills the array `start` for vm_boot.
uefi_disk() {
    local dir=$case_dir kernel=$1 words=$2 uefi_tree suite
    suite=$(suite_of "$case_kernel") || return 1
    uefi_tree=$("$BOOT_DIR/chroot.sh" "$suite" uefi) || return 1
    mkdir -p "$dir/esp"
    cp "$kernel" "$dir/esp/linux"
    "esp_${case_loader//-/_}" "$words" >"$dir/esp.log" 2>&1 || return 1
    truncate -s 96M "$dir/esp.img"
    in_uefi sh -ec 'mkfs.vfat -n ESP /mnt/esp.img && mcopy -s -i /mnt/esp.img /mnt/esp/* ::' >>"$dir/esp.log" 2>&1 ||
        return 1
    cp "$uefi_tree/usr/share/OVMF/OVMF_VARS_4M.fd" "$dir/vars.img"
    start=(-drive "if=pflash,format=raw,readonly=on,file=$uefi_tree/usr/share/OVMF/OVMF_CODE_4M.fd"
        -drive "if=pflash,format=raw,file=$dir/vars.img"
        -drive "file=$dir/esp.img,format=raw,if=none,id=esp"
        -device virtio-blk-pci,bus=pcie.0,addr=0x4,drive=esp,bootindex=1)
}
