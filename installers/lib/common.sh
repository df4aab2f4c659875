# shellcheck shell=bash disable=SC2154,SC2034 # the variables are shared by all parts, see setup.sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What every part of vfio-early-setup needs: words to the user, the system it works on, the list of
# generators. It must not know a generator, a hook or what an image holds.
#
# Set by setup.sh: root (empty or a directory), dry, rebuild, command, image, kernel, share.

say() {
    printf '%s\n' "$*"
}

warn() {
    printf 'vfio-early-setup: %s\n' "$*" >&2
}

# Not possible here; nothing was changed.
refuse() {
    warn "$*"
    exit 5
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
        refuse "this is an ostree system: its images are not made by the running system; not supported"
    fi
    for dir in "$root/etc" "$state_dir" ${rebuild:+"$root/boot"}; do
        dir=$(nearest "$dir")
        [ -w "$dir" ] || refuse "$dir cannot be written (read-only file system?): nothing was changed"
    done
    [ "$command" != install ] || find_binary >/dev/null ||
        refuse "no vfio-early in /usr/local/sbin or /usr/sbin${root:+ of $root}: run make install first"
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
    if [ -z "$seen" ]; then
        [ "$command" = uninstall ] || refuse "no initramfs generator that we know (initramfs-tools, dracut, mkinitcpio)${root:+ in $root}"
        say "nothing is installed"
    fi
    exit $worst
}
