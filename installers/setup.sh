#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# vfio-early-setup: puts the hooks of vfio-early in place, has the images rebuilt and proves what
# they hold; or takes all of it back. This file knows commands and their order. What a generator
# looks like is in generators/, how files are placed in lib/place.sh, what is proven in lib/prove.sh.

set -uo pipefail
# shellcheck source-path=SCRIPTDIR

here=$(dirname "$(readlink -f "$0")")
if [ -d "$here/generators" ]; then
    share=$(dirname "$here") # the source tree, or PREFIX/share/vfio-early
else
    share=$(dirname "$here")/share/vfio-early # this file alone was copied to PREFIX/sbin
fi

root='' dry='' rebuild=yes command='' image='' kernel='' output='' compress=none plain=''

usage() {
    cat <<'USAGE'
usage: vfio-early-setup [--root DIR] COMMAND

  install [--dry-run] [--no-rebuild]     put the hooks in place, rebuild the images, prove what they hold
  uninstall [--dry-run] [--no-rebuild]   remove exactly what install made, rebuild the images
  verify [--plain] [--image FILE --kernel VERSION]  prove what the images hold; changes nothing
  rebuild [--kernel VERSION]             rebuild the images, or those of one kernel, and prove them
  overlay --kernel VERSION -o FILE       write an archive to boot with beside an image, with rdinit=/vfio-early/init

  --root DIR     work on the system in DIR (its own tools run, by chroot)
  --dry-run      say what would be done
  --no-rebuild   leave the images as they are, and do not look at them
  --plain        one line for each fact: ok, problem or unknown; a tab; the image, or "-"; a tab; a text
  --image FILE   prove this image only, for the kernel that --kernel names
  --compress gzip|zstd|none  for overlay: none to stand before an image (default), gzip or zstd to stand behind it
  --help         this text

exit status: 0 all done, or nothing to do; 1 something is missing or failed; 2 usage;
4 verify only: an image is not as it must be (a fact that is unknown changes no status);
5 not possible here (not root, read-only, no generator that we know, no vfio-early installed)
USAGE
}

bad_usage() {
    printf 'vfio-early-setup: %s\n' "$1" >&2
    usage >&2
    exit 2
}

# need WORD VALUE... - an option that takes a value got one.
need() {
    if [ $# -lt 2 ] || [ -z "$2" ]; then
        bad_usage "$1 needs a value"
    fi
}

parse() {
    while [ $# -gt 0 ]; do
        case $1 in
            --root)
                need "$@"
                root=$2
                shift
                ;;
            --root=*) root=${1#*=} ;;
            --image)
                need "$@"
                image=$2
                shift
                ;;
            --kernel)
                need "$@"
                kernel=$2
                shift
                ;;
            -o | --output)
                need "$@"
                output=$2
                shift
                ;;
            --compress)
                need "$@"
                compress=$2
                shift
                ;;
            --dry-run | -n) dry=yes ;;
            --plain) plain=yes ;;
            --no-rebuild) rebuild='' ;;
            -h | --help)
                usage
                exit 0
                ;;
            install | uninstall | verify | rebuild | overlay)
                [ -z "$command" ] || bad_usage "two commands: '$command' and '$1'"
                command=$1
                ;;
            *) bad_usage "unknown word '$1'" ;;
        esac
        shift
    done
    [ -n "$command" ] || bad_usage "which command?"
    check_words
    check_overlay_words
    [ -n "$root" ] || return 0
    root=$(readlink -e "$root") || bad_usage "--root: no such directory"
    [ -d "$root" ] || bad_usage "--root: not a directory"
    [ "$root" != / ] || root=''
}

check_words() {
    case $command in
        verify)
            if [ -n "$image$kernel" ] && { [ -z "$image" ] || [ -z "$kernel" ]; }; then
                bad_usage "verify wants --image and --kernel together"
            fi
            ;;
        rebuild | overlay) [ -z "$image" ] || bad_usage "--image belongs to verify" ;;
        *) [ -z "$image$kernel" ] || bad_usage "--image and --kernel do not belong to $command" ;;
    esac
    [ -z "$plain" ] || [ "$command" = verify ] || bad_usage "--plain belongs to verify"
    case $command in
        verify | rebuild) [ "$dry$rebuild" = yes ] || bad_usage "--dry-run and --no-rebuild do not belong to $command" ;;
    esac
    case $kernel in
        */* | .*) bad_usage "--kernel: '$kernel' is no kernel version" ;;
    esac
}

check_overlay_words() {
    if [ "$command" != overlay ]; then
        [ "$output$compress" = none ] || bad_usage "-o and --compress belong to overlay"
        return
    fi
    [ -n "$kernel" ] || bad_usage "overlay needs --kernel VERSION"
    [ -n "$output" ] || bad_usage "overlay needs -o FILE"
    [ -z "$dry" ] || bad_usage "--dry-run does not belong to overlay"
    case $compress in
        gzip | zstd | none) ;;
        *) bad_usage "--compress: expected gzip, zstd or none, not '$compress'" ;;
    esac
}

parse "$@"
# shellcheck source=lib/common.sh
. "$share/installers/lib/common.sh" || exit 1
# shellcheck source=lib/place.sh
. "$share/installers/lib/place.sh" || exit 1
# shellcheck source=lib/kvmfr.sh
. "$share/installers/lib/kvmfr.sh" || exit 1
# shellcheck source=lib/prove.sh
. "$share/installers/lib/prove.sh" || exit 1
# shellcheck source=lib/uki.sh
. "$share/installers/lib/uki.sh" || exit 1
# shellcheck source=lib/age.sh
. "$share/installers/lib/age.sh" || exit 1
# shellcheck source=lib/commands.sh
. "$share/installers/lib/commands.sh" || exit 1

if [ "$command" = overlay ]; then
    # shellcheck source=lib/newc.sh
    . "$share/installers/lib/newc.sh" || exit 1
    # shellcheck source=lib/overlay.sh
    . "$share/installers/lib/overlay.sh" || exit 1
    # Not for one generator, and nothing of the system is changed.
    command_overlay
fi

# The facts of verify go where standard output goes now; inside functions that is a list (see fact).
exec 8>&1

# One at a time on one system. The lock is on a directory, so nothing is left behind.
exec 9<"$root/etc" || exit 1
flock -n 9 || refuse "another vfio-early-setup is running"

preflight
run_generators
