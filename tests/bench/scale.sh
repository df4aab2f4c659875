# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a command costs on a generated machine: instructions, system calls, memory. It knows callgrind and strace,
# and no budget. Needs BENCH_DIR, TOP_DIR and OUT_DIR; whoever sources it uses the names.

# make_tree COUNT - prints the folder of a machine with so many devices; made once.
make_tree() {
    local tree=$OUT_DIR/scale/$1 tool=$OUT_DIR/tree
    if [ ! -e "$tool" ] || [ "$BENCH_DIR/host/tree.c" -nt "$tool" ]; then
        mkdir -p "$OUT_DIR/scale"
        gcc -O1 -Wall -o "$tool" "$BENCH_DIR/host/tree.c" || return 1
        gcc -O1 -Wall -o "$OUT_DIR/usage" "$BENCH_DIR/host/usage.c" || return 1
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
