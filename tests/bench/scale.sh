# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a command costs on a generated machine: instructions, system calls, memory. It knows callgrind and strace,
# and no budget. Needs BENCH_DIR, TOP_DIR and OUT_DIR; whoever sources it uses the names.

# make_tree COUNT - prints the folder of a machine with so many devices; made once.
make_tree() {
    local tree=$OUT_DIR/scale/$1 tool=$OUT_DIR/tree
    if [ ! -e "$tool" ] || [ -n "$(find "$BENCH_DIR/host" -name '*.c' -newer "$tool")" ]; then
        mkdir -p "$OUT_DIR/scale"
        gcc -O1 -Wall -o "$tool" "$BENCH_DIR/host/tree.c" || return 1
        gcc -O1 -Wall -static -o "$OUT_DIR/usage" "$BENCH_DIR/host/usage.c" || return 1
        gcc -O1 -Wall -static -o "$OUT_DIR/react" "$BENCH_DIR/host/react.c" || return 1
        gcc -O1 -Wall -static -o "$OUT_DIR/steps" "$BENCH_DIR/host/steps.c" || return 1
        rm -rf "$OUT_DIR"/scale/*
    fi
    [ -d "$tree" ] || { "$tool" "$tree.new" "$1" && mv "$tree.new" "$tree"; } || return 1
    printf '%s\n' "$tree"
}

# instructions COMMAND... - in user space, of the process that does most; a child begins with its parent's count.
# The command's output goes to nowhere.
instructions() {
    local log
    log=$(mktemp)
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" >/dev/null 2>"$log"
    sed -n 's/^==[0-9]*== Collected : //p' "$log" | sort -n | tail -n 1
    rm -f "$log"
}

# calls TREE PROGRAM WORD... - system calls on the tree as if it were the running system's root.
calls() {
    local tree=$1 program=$2 log
    shift 2
    log=$(mktemp)
    cp "$program" "$tree/program"
    strace -f -o "$log" chroot "$tree" /program "$@" >/dev/null 2>&1
    rm -f "$tree/program"
    # Not those of chroot itself, which end where the program begins.
    awk 'program && $2 ~ /^[a-z]/ { n++ } $2 ~ /^execve\("\/program"/ { program = 1 } END { print n + 0 }' "$log"
    rm -f "$log"
}

# claims TREE PROGRAM COUNTER... - claims the group 4, which has no driver, in the machine that reacts, with the words
# of COUNTER before the program. Fails when the two devices are not on vfio-pci then. The tree is as before.
# shellcheck disable=SC2016 # the inner shell's words
claims() {
    local tree=$1 program=$2 device bad=0
    shift 2
    cp "$OUT_DIR/react" "$OUT_DIR/steps" "$OUT_DIR/usage" "$tree/"
    cp "$program" "$tree/program"
    "$TOP_DIR/tests/private-mounts.sh" sh -c 'mount -t proc proc "$1/proc" && exec chroot "$@"' sh "$tree" /react "$@" \
        /program claim --cmdline vfio_early.groups=4 >/dev/null 2>&1 || bad=1
    for device in 0000:00:04.0 0000:00:04.1; do
        device=$tree/sys/bus/pci/devices/$device
        [[ $(readlink "$device/driver") == */vfio-pci ]] || bad=1
        rm -f "$device/driver"
        echo '(null)' >"$device/driver_override"
    done
    rm -rf "$tree"/{react,steps,usage,program} "$tree/run/vfio-early"
    return $bad
}

# claim_instructions TREE PROGRAM - valgrind cannot run a child that shares our memory, so they are counted one by one.
claim_instructions() {
    claims "$1" "$2" /steps /count && sed -n 's/^total //p' "$1/count"
}

# claim_memory TREE PROGRAM - the most it had, in KiB.
claim_memory() {
    claims "$1" "$2" /usage -o /count && cut -d ' ' -f 2 "$1/count"
}

# claim_calls TREE PROGRAM - without those of whoever reacts.
claim_calls() {
    local log
    log=$(mktemp)
    strace -f -o "$log" env -i "PATH=$PATH" "TOP_DIR=$TOP_DIR" "OUT_DIR=$OUT_DIR" bash -c \
        ". '$BENCH_DIR/scale.sh' && claims '$1' '$2'" || echo 'claim_calls: not claimed' >&2
    awk '/execve\("\/react"/ { reacts = $1 } /execve\("\/program"/ { on = 1; next }
        on && $1 != reacts && $2 ~ /^[a-z]/ { n++ } $1 == reacts && /exited/ { on = 0 } END { print n + 0 }' "$log"
    rm -f "$log"
}
