# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables of lib.sh
#
# The command line, standard output that cannot be written, and what `claim` says about a tree that does not react.
# Needs lib.sh.

# wrong TEXT WORD...: usage errors end with 2, say so on standard error, and print nothing else.
wrong() {
    local text=$1
    shift
    "$program" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    ends 2 && says "vfio-early: $text" 'Try: vfio-early --help' && [ ! -s "$work/out" ]
}

usage_errors() {
    t 'no command' wrong 'a command is missing'
    t 'unknown command' wrong 'unknown command: bogus' bogus
    t 'empty command' wrong 'unknown command: ' ''
    t 'unknown option' wrong 'unknown option: --bogus' plan --bogus
    t 'unknown short option' wrong 'unknown option' -x plan
    t 'two operands' wrong 'one word too many: plan' plan plan
    t 'an argument is missing' wrong 'an argument is missing' plan --root
    t 'an option of another command' wrong 'manifest takes no option --json' manifest --json
    t 'no such root' wrong "cannot open --root: $work/nowhere: No such file" --root "$work/nowhere" plan
    t 'a file as root' wrong "cannot open --root: $program: Not a directory" --root "$program" plan
    t 'escape sequences in a word' wrong 'unknown command: \x1b[31m' $'\033[31m'
}

prints() {
    local text=$1
    shift
    "$program" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    ends 0 && says "$text" && [ ! -s "$work/err" ]
}

# Standard output that is full or closed is an internal error, not success.
cannot_write() {
    "$program" --root "$tree" "$@" >/dev/full 2>"$work/err"
    status=$?
    : >"$work/out"
    ends 1 || return 1
    "$program" --root "$tree" "$@" >&- 2>"$work/err"
    status=$?
    ends 1 || return 1
    "$program" --root "$tree" "$@" >&- 2>&- <&-
    status=$?
    ends 1
}

# A reader that goes away does not kill the program without a word.
broken_pipe() {
    {
        "$program" --root "$tree" plan --json 2>"$work/err"
        echo $? >"$work/status"
    } | true
    status=$(cat "$work/status")
    : >"$work/out"
    [ "$status" -eq 0 ] || ends 1
}

# report_says LINE...: each is a line of the report.
report_says() {
    local line
    for line in "$@"; do
        grep -qxF -e "$line" "$tree/run/vfio-early/report" || {
            echo "no line: $line"
            cat "$tree/run/vfio-early/report"
            return 1
        }
    done
}

# A plan and a claim see the same; the tree takes the writes and no driver comes.
claims() {
    early claim
    ends "$1" || return 1
    shift
    report_says "$@"
}

changes_nothing() {
    (cd "$tree" && find . -type f -exec md5sum {} + | sort && find . -printf '%p %y %l\n' | sort) >"$work/before"
    early plan
    early plan --json
    (cd "$tree" && find . -type f -exec md5sum {} + | sort && find . -printf '%p %y %l\n' | sort) | diff "$work/before" -
}

report_mode() {
    (umask 077 && early claim)
    [ "$(stat -c %a "$tree/run/vfio-early" "$tree/run/vfio-early/report" | tr '\n' ' ')" = '755 644 ' ]
}

# The mark of a rule with on-failure=stop stands after status 6 and after a crash (here: by the limit of the size of a
# file, when the report is written), and not after a claim that the rule is content with.
mark() {
    if [ "$1" = stands ]; then [ -e "$tree/run/vfio-early/stop" ]; else [ ! -e "$tree/run/vfio-early/stop" ]; fi
}

crashes() {
    (
        ulimit -c 0 -f 0
        "$program" --root "$tree" claim >/dev/null 2>&1 </dev/null
    )
    status=$?
    [ "$status" -gt 128 ] && mark "$1"
} 2>/dev/null

claim_in_a_tree() {
    new_tree haswell
    echo 'claim group=1' >"$tree/etc/vfio-early.conf"
    t 'plan changes nothing' changes_nothing
    echo vfio_early=0 >"$tree/proc/cmdline"
    t 'claim: switched off' claims 0 state=disabled exit=0
    t 'claim: the report and its folder are for everybody' report_mode
    echo quiet >"$tree/proc/cmdline"
    t 'claim: no driver comes' claims 4 state=done exit=4 'rule=/etc/vfio-early.conf:1' state=failed \
        'device=0000:01:00.0' 'driver-before=' 'driver-after='
    echo 'claim group=10' >"$tree/etc/vfio-early.conf"
    t 'claim: refused' claims 4 state=refused 'action=refuse' 'driver-before=ahci' 'driver-after=ahci'
    echo 'claim group=10 on-failure=stop' >"$tree/etc/vfio-early.conf"
    t 'claim: refused, and the boot must stop' claims 6 state=refused exit=6
    t 'claim: its mark stands' mark stands
    echo 'claim group=10' >"$tree/etc/vfio-early.conf"
    t 'claim: refused without that word' claims 4 exit=4
    t 'claim: no mark' mark gone
    t 'claim: a crash leaves no mark then' crashes gone
    echo 'claim group=10 on-failure=stop' >"$tree/etc/vfio-early.conf"
    t 'claim: a crash leaves the mark' crashes stands
    rm "$tree/run/vfio-early/stop"
    echo vfio_early=0 >"$tree/proc/cmdline"
    t 'claim: switched off, no mark' claims 0 state=disabled
    t 'claim: switched off, a crash leaves none' crashes gone
    echo quiet >"$tree/proc/cmdline"
    echo 'claim gruop=10 on-failure=stop' >"$tree/etc/vfio-early.conf"
    t 'claim: void, and the boot must stop' claims 6 exit=6
    : >"$tree/etc/vfio-early.conf"
    t 'claim: nothing asked' claims 0 state=nothing exit=0
    rm -r "$tree/sys/bus/pci"
    echo 'claim group=1' >"$tree/etc/vfio-early.conf"
    t 'claim: no PCI' claims 5 state=failed exit=5
    rm -r "$tree/run"
    t 'claim: no /run' no_run
}

no_run() {
    early claim
    ends 5 && says 'cannot write /run/vfio-early/report'
}

run_usage() {
    usage_errors
    t '--help' prints 'Usage: vfio-early' --help
    t '--help beside a command' prints 'Usage: vfio-early' plan --help
    t '--version' prints 'vfio-early 0.' --version
    new_tree haswell
    t 'plan: output cannot be written' cannot_write plan
    t 'plan --json: output cannot be written' cannot_write plan --json
    t '--help: output cannot be written' cannot_write --help
    t '--version: output cannot be written' cannot_write --version
    t 'a broken pipe' broken_pipe
    claim_in_a_tree
}
