# shellcheck shell=bash disable=SC2154,SC2034 # the variables are shared by all parts, see setup.sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What every part of vfio-early-setup needs: words to the user, the system it works on, the list of
# generators. It must not know a generator, a hook or what an image holds.
#
# Set by setup.sh: root (empty or a directory), dry, rebuild, command, image, kernel, plain, share.

say() {
    printf '%s\n' "$*"
}

warn() {
    printf 'vfio-early-setup: %s\n' "$*" >&2
}

# Not possible here; nothing was changed.
refuse() {
    warn "$*"
    [ -z "$plain" ] || fact unknown - "$*"
    exit 5
}

# fact ok|problem|unknown IMAGE TEXT - one line of verify, on descriptor 8.
fact() {
    local word=$1 about="$2: "
    [ "$2" != - ] || about=''
    if [ -n "$plain" ]; then
        printf '%s\t%s\t%s\n' "$1" "${2//[[:cntrl:]]/?}" "${3//[[:cntrl:]]/?}" >&8
        return
    fi
    case $1 in
        problem) word=FAIL ;;
        unknown) word='?' ;;
    esac
    printf '%-5s %s\n' "$word" "${about}$3" >&8
}

# skip IMAGE TEXT - why an image is not looked at. Said once, when images are proven.
skip() {
    [ -z "${proving:-}" ] || fact unknown "$1" "$2"
}

# Runs a command of the system we work on.
in_root() {
    if [ -z "$root" ]; then
        "$@"
    else
        chroot "$root" /usr/bin/env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
    fi
}

sha_of() {
    sha256sum <"$1" | cut -d' ' -f1
}

# The same for a file of that system: its symbolic links mean something only there.
sha_in_root() {
    in_root cat "$1" </dev/null | sha256sum | cut -d' ' -f1
}

# The binary that the build hook will take, as the system we work on names it.
find_binary() {
    local dir
    for dir in /usr/local/sbin /usr/sbin /sbin; do
        if in_root test -f "$dir/vfio-early" -a -x "$dir/vfio-early"; then
            say "$dir/vfio-early"
            return 0
        fi
    done
    return 1
}

# find_small BINARY - the program for images that was installed with it, or itself.
find_small() {
    local small=${1%/sbin/*}/lib/vfio-early/vfio-early
    if in_root test -x "$small" </dev/null; then say "$small"; else say "$1"; fi
}

# Which generator the configuration of kernel-install names, if any. A drop-in counts over the file.
kernel_install_names() {
    local dir file=''
    for dir in /etc/kernel /run/kernel /usr/local/lib/kernel /usr/lib/kernel; do
        [ ! -e "$root$dir/install.conf" ] || { file=$root$dir/install.conf && break; }
    done
    cat ${file:+"$file"} "$root"/{usr/lib,usr/local/lib,run,etc}/kernel/install.conf.d/*.conf 2>/dev/null </dev/null |
        sed -n 's/^initrd_generator=//p' | tail -n1
}

# entry_images VERSION - the images that kernel-install has put beside the kernels of boot loader entries, and unified
# kernel images.
entry_images() {
    local path
    for path in "$root"/{boot,efi,boot/efi}/*/"$1"/{initrd,"initrd.img-$1","initramfs-$1.img"}; do
        [ ! -f "$path" ] || say "$1 ${path#"$root"}"
    done
    uki_images "$1"
}

# images_of_kernels COMMAND - what COMMAND VERSION prints for each installed kernel, and a word where that is nothing.
images_of_kernels() {
    local dir version list
    for dir in "$root"/lib/modules/*/; do
        [ -e "${dir}modules.dep" ] || continue
        version=$(basename "$dir")
        list=$("$1" "$version")
        [ -z "$list" ] || say "$list"
        [ -n "$list" ] || skip "Linux $version" "no image of it is where we know to look"
    done
}

# unpack_archive FILE DIR - one archive, compressed or not. Both are names below the root.
unpack_archive() {
    # shellcheck disable=SC2016 # the words are for the shell inside
    in_root sh -c 'cd "$2" && case $(od -An -tx1 -N4 "$1") in
            " 28 b5 2f fd") zstd -dc "$1" ;;
            " fd 37 7a 58") xz -dc "$1" ;;
            " 1f 8b"*) gzip -dc "$1" ;;
            *) cat "$1" ;;
        esac | cpio -id --quiet --no-absolute-filenames' sh "$1" "$2" </dev/null
}

# nearest DIR - the deepest part of this path that exists.
nearest() {
    local dir=$1
    while [ ! -e "$dir" ]; do
        dir=$(dirname "$dir")
    done
    say "$dir"
}

# May we work here at all? Asked before anything is changed.
preflight() {
    local dir
    [ "$command" = verify ] && [ -z "$root" ] && return 0
    [ "$(id -u)" -eq 0 ] || refuse "$command needs root"
    [ "$command" != verify ] || return 0
    if [ -e "$root/run/ostree-booted" ] || [ -d "$root/ostree/repo" ]; then
        refuse "this is an ostree system, its images are made with the deployment. The way there:" \
            "rpm-ostree install the package (make rpm), rpm-ostree initramfs --enable," \
            "rpm-ostree initramfs-etc --track=/etc/vfio-early.conf"
    fi
    if [ -e "$root/etc/NIXOS" ]; then
        refuse "this is NixOS, its images are made from its configuration. The way there:" \
            "import hooks/nixos/module.nix, see $share/hooks/nixos/README.md"
    fi
    for dir in "$root/etc" "$state_dir" ${rebuild:+"$root/boot"}; do
        dir=$(nearest "$dir")
        [ -w "$dir" ] || refuse "$dir cannot be written (read-only file system?): nothing was changed." \
            "Make it writable; or vfio-early-setup overlay, which changes nothing here and writes one file for the boot loader"
    done
    [ "$command" != install ] || find_binary >/dev/null ||
        refuse "no vfio-early in /usr/local/sbin or /usr/sbin${root:+ of $root}: run make install first"
}

known_generators() {
    local file list=''
    for file in "$share"/installers/generators/*.sh; do
        list+=${list:+, }$(basename "$file" .sh)
    done
    say "$list"
}

# Each generator file defines the same functions (see generators/initramfs-tools.sh), so each one
# runs in a subshell. Exit status 99 says: not on this system.
run_generators() {
    local file one seen='' worst=0
    for file in "$share"/installers/generators/*.sh; do
        (
            # shellcheck source=/dev/null
            . "$file" || exit 1
            state=$state_dir/$generator_name.installed
            generator_detect || { [ "$command" = uninstall ] && [ -e "$state" ]; } || exit 99
            "command_$command"
        )
        one=$?
        [ $one -ne 99 ] || continue
        seen=yes
        [ $one -le $worst ] || worst=$one
    done
    if [ "$command" = verify ] && [ -z "$image" ]; then
        prove_others
        one=$?
        [ $one -eq 99 ] || { seen=yes && [ $one -le $worst ] || worst=$one; }
    fi
    if [ -z "$seen" ]; then
        [ "$command" = uninstall ] || refuse "no initramfs generator that we know ($(known_generators))${root:+ in $root} is" \
            "configured to build images here; for others see $share/hooks/*/README.md, or vfio-early-setup overlay"
        say "nothing is installed"
    fi
    exit $worst
}
