# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034 # read by others
#
# What all golden tests share: trees of recorded machines, one run of the program, the count. It knows no case.

tests_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=${VFIO_EARLY:-${tests_dir%/*}/build/vfio-early}
sanitized=${tests_dir%/*}/build/test/vfio-early
passed=0 failed=0
work=$(mktemp -d)
trap 'chmod -R u+rwx "$work"; rm -rf "$work"' EXIT
export LC_ALL=C

ok() {
    passed=$((passed + 1))
}

# bad NAME TEXT: a failure, with what it looked like.
bad() {
    failed=$((failed + 1))
    printf 'FAIL %s\n' "$1"
    printf '     %s\n' "${2//$'\n'/$'\n'     }"
}

# t NAME COMMAND...: one test; what the command prints is shown when it fails.
t() {
    local name=$1 said
    shift
    if said=$("$@" 2>&1); then
        ok
    else
        bad "$name" "$said"
    fi
}

# new_tree MACHINE [OPTION...]: sets $tree to the tree of the machine. It is made once and then copied.
new_tree() {
    local machine=$1 made
    shift
    made=$work/made-$machine$*
    tree=$work/tree
    [ -d "$made" ] || "$tests_dir/fixtures/make-tree" "$@" "$tests_dir/fixtures/$machine.machine" "$made" || return 1
    [ ! -e "$tree" ] || { chmod -R u+rwx "$tree" && rm -rf "$tree"; }
    cp -a "$made" "$tree"
}

# early WORD...: one run over $tree. Sets $status; $work/out and $work/err are what it said.
early() {
    timeout 60 "$program" --root "$tree" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
}

# says TEXT...: each is somewhere in what the last run said.
says() {
    local text
    for text in "$@"; do
        grep -qF -e "$text" "$work/out" "$work/err" || {
            echo "does not say: $text"
            cat "$work/out" "$work/err"
            return 1
        }
    done
}

# ends STATUS: how the last run ended.
ends() {
    [ "$status" -eq "$1" ] || {
        echo "exit status $status, not $1"
        cat "$work/out" "$work/err"
        return 1
    }
}
