# shellcheck shell=bash disable=SC2154,SC2034 # the variables are shared by all parts, see setup.sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Images that are not opened: those of generators that vfio-early-setup has no file for, and unified kernel images of
# kernels that are not here.
# All that can be said of one is whether the policy or the program was changed after it was made. This file knows the
# names of such images and what rebuilds them. It must not know what is in one.

# age_images - lines IMAGE|WHAT|REBUILD of what is here.
age_images() {
    age_of booster /usr/lib/booster/regenerate_images usr/bin/booster -- boot/booster-\*.img
    age_of UGRD ugrd usr/bin/ugrd -- boot/ugrd-\*
    age_of mkinitfs mkinitfs sbin/mkinitfs usr/sbin/mkinitfs -- boot/initramfs-\*
    age_of genkernel 'genkernel initramfs' usr/bin/genkernel usr/sbin/genkernel -- boot/initramfs-\*
    age_of 'unified kernel image' 'kernel-install add-all' . -- {boot,efi,boot/efi}/EFI/Linux/\*.efi
}

# age_of WHAT REBUILD COMMAND... -- PATTERN... - where one of the commands is here.
age_of() {
    local what=$1 how=$2 found='' path
    shift 2
    for path; do
        shift
        [ "$path" != -- ] || break
        [ ! -x "$root/$path" ] || found=yes
    done
    [ -n "$found" ] || return 0
    for path; do compgen -G "$root/$path"; done | while IFS= read -r path; do
        [ ! -f "$path" ] || say "${path#"$root"}|$what|$how"
    done
}

# newer_than IMAGE - what was changed after this image was made: lines KIND FILE.
newer_than() {
    local file binary
    for file in "$root/etc/vfio-early.conf" "$root"/etc/vfio-early.d/*.conf; do
        [ ! -e "$file" ] || [ ! "$file" -nt "$root$1" ] || say "policy ${file#"$root"}"
    done
    [ ! "$root/etc/vfio-early.d" -nt "$root$1" ] || say "folder /etc/vfio-early.d"
    binary=$(find_binary) || return 0
    [ ! "$root$binary" -nt "$root$1" ] || say "program $binary"
}

# prove_age IMAGE WHAT REBUILD
prove_age() {
    local changed kind file
    changed=$(newer_than "$1")
    read -r kind file <<<"$changed"
    case $kind in
        policy) fact problem "$1" "$2: older than the policy $file; rebuild it: $3" ;;
        program) fact problem "$1" "$2: older than $file; rebuild it: $3" ;;
        folder) fact unknown "$1" "$2: a file in $file came, went or was changed after it was made; to be sure: $3" ;;
        *) fact unknown "$1" "$2: newer than the policy and the program; what it holds was not looked at" ;;
    esac
    [ "$kind" != policy ] && [ "$kind" != program ]
}

# The images that a generator of ours has proven.
known_images() {
    local file
    for file in "$share"/installers/generators/*.sh; do
        (
            # shellcheck source=/dev/null
            . "$file" && generator_detect && generator_images | cut -d' ' -f2-
        )
    done
}

# prove_others - 0 none is older, 4 one is, 99 there is none.
prove_others() {
    local known path what how status=99
    known=$(known_images)
    if [ -e "$root/etc/NIXOS" ]; then
        status=0
        fact unknown /run/current-system/initrd "NixOS makes image and policy from one configuration; what it holds was not looked at"
    fi
    while IFS='|' read -r path what how; do
        ! grep -qxF "$path" <<<"$known" || continue
        [ $status -ne 99 ] || status=0
        prove_age "$path" "$what" "$how" || status=4
    done < <(age_images)
    return $status
}
