# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What every script of the boot tests needs: where things are, how to complain, how to lock.
# It knows folders only. It must not know a machine, a case or the layout of an image.
# Whoever sources it uses the names.
# shellcheck disable=SC2034

BOOT_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TOP_DIR=$(cd "$BOOT_DIR/../.." && pwd)
CACHE_DIR=${VFIO_EARLY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vfio-early}
# Logs, images and root file systems of this tree. All of it can be thrown away.
OUT_DIR=${VFIO_EARLY_BOOT_OUT:-$TOP_DIR/build/boot}
EARLY_BIN=${VFIO_EARLY_BIN:-$TOP_DIR/build/vfio-early}

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

note() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}

need_root() {
    [ "$(id -u)" -eq 0 ] || die "must be root: it makes a chroot and mounts inside a private namespace"
}

# need_tools TOOL... - all missing ones are named at once.
need_tools() {
    local tool missing=
    for tool; do
        command -v "$tool" >/dev/null 2>&1 || missing+=" $tool"
    done
    [ -z "$missing" ] || die "missing tools:$missing (try: make deps)"
}

# with_lock FILE COMMAND... - one at a time, waits for others.
with_lock() {
    local file=$1 fd
    shift
    mkdir -p "$(dirname "$file")"
    (
        exec {fd}>"$file"
        flock "$fd"
        "$@" {fd}>&-
    )
}

# killable COMMAND... - runs it so that ending this shell (TERM) ends it too.
killable() {
    local pid status=0
    "$@" &
    pid=$!
    trap 'kill "$pid" 2>/dev/null' TERM
    wait "$pid" || status=$?
    # A signal ends the first wait, not the command.
    if kill -0 "$pid" 2>/dev/null; then
        wait "$pid" || status=$?
    fi
    trap - TERM
    return "$status"
}

# suite_of KERNEL - the Debian release that ships this kernel.
suite_of() {
    case $1 in
        6.1) echo bookworm ;;
        6.12) echo trixie ;;
        7) echo sid ;;
        *) die "unknown kernel '$1' (known: 6.1 6.12 7)" ;;
    esac
}

# hash_of FILE... - one short name for the content of files and folders.
hash_of() {
    find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-12
}
