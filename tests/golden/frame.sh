# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables of lib.sh
#
# --help, the man page and the completions of bash, zsh and fish say the same of every command. Then what goes wrong in
# the same way with each: a missing operand, one too many, a malformed one, no such --root, an output that takes nothing.
# Needs lib.sh.

man_page=${tests_dir%/*}/build/man/vfio-early.8
completions=${tests_dir%/*}/build/completions

commands() {
    "$program" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

# The options of a command, one a line, those with an argument with " =" behind them.
help_options() {
    "$program" "$1" --help | sed -n 's/^  \(--[a-z]*\)  *\([A-Z]*\) .*/\1 =\2/p' | sed 's/ =$//; s/=.*/=/' | sort
}

# What a reader of the page sees of the command in SYNOPSIS, on one line.
man_synopsis() {
    mandoc -T ascii "$man_page" | sed "s/.$(printf "\\b")//g" | awk -v want="$1" '
        /^[A-Z]/ { on = /^SYNOPSIS/ }
        !on { next }
        $1 == "vfio-early" { take = $2 == want }
        take { $1 = $1; printf "%s ", $0 }'
}

man_options() {
    man_synopsis "$1" | grep -o '\[--[a-z]*\( [a-z]*\)*\]' | sed 's/[][]//g; s/ .*/ =/' | {
        cat && printf '%s\n' --help --version
    } | sort
}

# Without arguments: completions know them, but there is no list to compare.
bash_options() {
    bash -c '. "$1" && _vfio_early_devices() { :; } && _vfio_early_names() { :; } && COMP_LINE="vfio-early $2 --" &&
        COMP_POINT=${#COMP_LINE} COMP_WORDS=(vfio-early "$2" --) COMP_CWORD=2 && _vfio_early &&
        printf "%s\n" "${COMPREPLY[@]}"' bash "$completions/bash" "$1" | sort
}

zsh_options() {
    # _arguments says what it was given; the call with -C comes first and chooses the state.
    # shellcheck disable=SC2016 # zsh's
    zsh -fc 'compadd() { : }; _describe() { : }
        _arguments() { if [[ $1 == -C ]]; then state=words line=($want); else print -rl -- "$@"; fi }
        want=$2; . $1' zsh "$completions/zsh" "$1" | sed -n 's/^\((- \*)\)*\(--[a-z]*\)\[.*/\2/p' | sort
}

fish_options() {
    # shellcheck disable=SC2016 # fish's
    fish --no-config -c 'source $argv[1]; complete -C "vfio-early $argv[2] --"' "$completions/fish" "$1" | cut -f 1 | sort
}

same_options() {
    help_options "$1" >"$work/options"
    [ -s "$work/options" ] && diff "$work/options" <(man_options "$1") || return 1
    sed 's/ =$//' "$work/options" >"$work/names"
    diff "$work/names" <(bash_options "$1") && diff "$work/names" <(zsh_options "$1") && diff "$work/names" <(fish_options "$1")
}

# The list of the commands, and that of all options.
same_commands() {
    commands | sort >"$work/commands"
    [ "$(wc -l <"$work/commands")" -ge 3 ] || return 1
    diff "$work/commands" <(sed -n '/^The commands are/,/^\.El/s/^\.It Cm \([a-z]*\).*/\1/p' "$man_page" | sort) &&
        diff "$work/commands" <(bash -c '. "$1"; _vfio_early_words ""' bash "$completions/bash" | tr ' ' '\n' | grep -v '^--' | sort) &&
        diff "$work/commands" <(sed -n "s/^        '\([a-z]*\):.*/\1/p" "$completions/zsh" | sort) &&
        diff "$work/commands" <(fish --no-config -c "source $completions/fish; complete -C 'vfio-early '" | cut -f 1 | sort)
}

same_list_of_options() {
    diff <("$program" --help | sed -n 's/^  \(--[a-z]*\) .*/\1/p' | sort) \
        <(sed -n '/^The options are/,/^\.El/s/^\.It Fl -\([a-z]*\).*/--\1/p' "$man_page" | sort)
}

# The operands: what --help and the man page call them.
same_operands() {
    diff <("$program" "$1" --help | sed -n '1s/.*\[OPTION...\] *//p' | sed 's/|/ | /g' | tr '[:upper:]' '[:lower:]' | xargs) \
        <(man_synopsis "$1" | sed "s/^vfio-early $1 //; s/\[--[a-z]*\( [a-z]*\)*\]//g" | xargs)
}

# bash_completes LINE WORD...: what the line so far is completed to; DEVICE stands for two devices of a made-up machine.
bash_completes() {
    local line=$1
    shift
    diff <(printf '%s\n' "$@" | sort) <(PATH=$work/bin:$PATH bash -c '. "$1"
        _vfio_early_devices() { printf "%s\n" 0000:01:00.0 0000:01:00.1; }
        COMP_LINE=$2 COMP_POINT=${#2}
        read -r -a COMP_WORDS <<<"$2"
        [[ $2 != *" " ]] || COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _vfio_early
        printf "%s\n" "${COMPREPLY[@]}"' bash "$completions/bash" "$line" | sort)
}

fish_completes() {
    local line=$1
    shift
    # shellcheck disable=SC2016 # fish's
    diff <(printf '%s\n' "$@" | sort) <(PATH=$work/bin:$PATH timeout 30 fish --no-config -c 'source $argv[1]
        function __vfio_early_devices; printf "%s\n" 0000:01:00.0 0000:01:00.1; end
        complete -C $argv[2]' "$completions/fish" "$line" | cut -f 1 | sort)
}

# zsh_completes LINE WORD...: the real completion, in a zsh on a terminal of its own, as a person has it.
zsh_completes() {
    local line=$1 word
    shift
    PATH=$work/bin:$PATH timeout 30 zsh -f "$tests_dir/golden/complete.zsh" "$completions/zsh" "$line" >"$work/zsh" 2>&1
    for word; do
        grep -qwF -e "$word" "$work/zsh" || {
            echo "does not offer: $word"
            cat -v "$work/zsh"
            return 1
        }
    done
}

# completes LINE WORD...: in each of the shells.
completes() {
    t "completion in bash: $1" bash_completes "$@"
    t "completion in fish: $1" fish_completes "$@"
    t "completion in zsh: $1" zsh_completes "$@"
}

# An operand that does for the command, or nothing.
operands_of() {
    case $1 in
        pin | release) echo 01:00.0 ;;
        show) echo qemu ;;
        capture) echo - ;;
    esac
}

bad_arguments() {
    local command=$1 operands usage
    read -r -a operands <<<"$(operands_of "$command")"
    usage=$("$program" "$command" --help | sed -n '1s/.*\[OPTION...\] *//p')
    [[ -z $usage || $usage == '['* ]] ||
        t "$command: a missing operand" wrong 'an operand is missing' "$command"
    t "$command: words too many" wrong 'one word too many: ' "$command" "${operands[@]:-one}" two three
    t "$command: an unknown option" wrong 'unknown option' "$command" --bogus
    t "$command: no such --root" wrong "cannot open --root: $work/nowhere: No such file" "$command" "${operands[@]}" --root "$work/nowhere"
    t "$command: --help" prints "Usage: vfio-early $command " "$command" --help
    case $command in
        list | pin | release | status | claim) bad_device "$command" ;;
    esac
    [ "$command" = claim ] || cannot_print "$command" "${operands[@]}"
    [[ $command == claim || $command == release ]] || t "$command: writes nothing" writes_nothing "$command" "${operands[@]}"
}

# What there is in the tree; a write shows in a time.
whole_tree() {
    (cd "$tree" && find . -printf '%p %y %m %s %T@ %C@ %l\n' | sort)
}

writes_nothing() {
    whole_tree >"$work/before"
    early "$@"
    ! "$program" "$1" --help | grep -q -e --json || early "$@" --json
    whole_tree | diff "$work/before" -
}

# With an address that is none, and one where nothing is. `status` and `claim --now` have tests of their own for the rest.
bad_device() {
    local command=$1 now=()
    [ "$command" != claim ] || now=(--now)
    t "$command: a malformed address" bad_operand 2 'expected a PCI address' "$command" "${now[@]}" 1:2:3
    t "$command: escape sequences in it" bad_operand 2 '"\x1b[31m:"' "$command" "${now[@]}" $'\033[31m:'
    case $command in
        list | pin | release) t "$command: not there" bad_operand 4 'there is no PCI device 0000:07:00.0' "$command" 07:00.0 ;;
    esac
}

bad_operand() {
    local want=$1 text=$2
    shift 2
    early "$@"
    ends "$want" && says "$text" && ! grep '[^[:print:][:space:]]' "$work/out" "$work/err"
}

# Whatever else its status may be: output that nobody gets is an error of the program's.
cannot_print() {
    early "$@"
    [ -s "$work/out" ] || return 0
    t "$1: output cannot be written" cannot_write "$@"
    ! "$program" "$1" --help | grep -q -e --json || t "$1 --json: output cannot be written" cannot_write "$@" --json
    t "$1 --help: output cannot be written" cannot_write "$1" --help
}

run_frame() {
    local command
    t 'the commands in --help, man page and completions' same_commands
    t 'the options in --help and man page' same_list_of_options
    new_tree haswell
    echo 'claim group=1 name=gaming' >"$tree/etc/vfio-early.conf"
    early claim # leaves a report for `status`
    mkdir -p "$work/bin"
    printf '#!/bin/sh\nexec "%s" --root "%s" "$@"\n' "$program" "$tree" >"$work/bin/vfio-early"
    chmod +x "$work/bin/vfio-early"
    completes 'vfio-early re' release
    completes 'vfio-early status g' gaming
    completes 'vfio-early show --legacy q' qemu
    completes 'vfio-early claim --n' --now
    for command in $(commands); do
        t "$command: options in --help, man page and completions" same_options "$command"
        t "$command: operands in --help and man page" same_operands "$command"
        bad_arguments "$command"
    done
}
