# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # variables of lib.sh and run
#
# Runs the files in plans/: what `plan` must say over a recorded machine. Each file is named as its machine, maybe
# with -SOMETHING behind it, and is a list of cases:
#
#     case NAME
#     tree OPTION...          for make-tree
#     cmdline WORDS           go to the end of the machine's kernel command line
#     policy LINE             goes into /etc/vfio-early.conf
#     policy@FILE LINE        goes into /etc/vfio-early.d/FILE
#     want ADDRESS ACTION     must be so in the JSON; written by hand, `--accept` does not touch it
#     exit NUMBER             from here on: what the program did; `--accept` writes these lines
#     | TEXT                  a line of standard output;
#                             the same with an exclamation mark: standard error
#
# The JSON must parse, agree with the table word by word, and carry the exit status.
# Needs lib.sh.

# The table as it follows from the JSON, for comparison with the real one.
# shellcheck disable=SC2016 # a program of jq
table_of_json='.devices[] | select(.rule != null) | [(.group // "-" | tostring), .address, .id, .class, (.driver // "-"),
    .action] | join(" ")'

# The wants that are not so.
# shellcheck disable=SC2016 # a program of jq
unmet='([.devices[] | .address + " " + .action]) as $is | $wants | split("\n") | map(select(. != "")) - $is | .[] |
    "is not so: " + .'

# The same columns of the table: blanks stand between words, two or more between columns.
table_of_text() {
    sed -n '/^GROUP /,/^$/p' "$1" | sed '1d;/^$/d;s/^ *//' |
        awk -F '  +' '{ split($4, class, " "); print $1, $2, $3, class[1], $5, $6 }'
}

check_json() {
    local name=$1 json=$work/json
    timeout 60 "$program" --root "$tree" plan --json >"$json" 2>"$work/json-err" </dev/null
    local json_status=$?
    jq -e --argjson status "$json_status" '.status == $status and (.devices | type) == "array"' "$json" >/dev/null ||
        bad "$name: JSON" "$(cat "$json")"
    [ "$json_status" -eq "$status" ] || bad "$name: JSON" "exit status $json_status, without --json $status"
    cmp -s "$work/err" "$work/json-err" || bad "$name: JSON" "says something else on standard error"
    diff <(jq -r "$table_of_json" "$json") <(table_of_text "$work/out") >"$work/diff" ||
        bad "$name: JSON and table differ" "$(cat "$work/diff")"
    jq -r --arg wants "$(printf '%s\n' "${wants[@]}")" "$unmet" "$json" >"$work/diff"
    [ ! -s "$work/diff" ] || bad "$name" "$(cat "$work/diff")"
}

# The build with the sanitizers must say the same, and nothing of its own.
check_sanitized() {
    timeout 60 "$sanitized" --root "$tree" plan >"$work/asan-out" 2>"$work/asan-err" </dev/null
    local asan_status=$?
    if [ "$asan_status" -ne "$status" ] || ! cmp "$work/out" "$work/asan-out" || ! cmp "$work/err" "$work/asan-err"; then
        bad "$1: sanitizers" "exit status $asan_status; $(cat "$work/asan-err")"
    fi
}

# Writes the policy files of the case into the tree.
write_policies() {
    local line target
    for line in "${policies[@]}"; do
        target=$tree/etc/vfio-early.conf
        if [[ $line == @* ]]; then
            mkdir -p "$tree/etc/vfio-early.d"
            target=${line%% *}
            target=$tree/etc/vfio-early.d/${target#@}
            line=${line#* }
        fi
        printf '%s\n' "$line" >>"$target"
    done
}

# Carries out the case that was read, and forgets it.
finish_case() {
    [ -n "$name" ] || return 0
    local before=$failed full="$file: $name"
    if [ "$have" != "$machine ${options[*]}" ]; then
        new_tree "$machine" "${options[@]}" || exit 1
        have="$machine ${options[*]}"
        base=$(cat "$tree/proc/cmdline")
    fi
    rm -rf "${tree:?}"/etc/*
    echo "$base ${words[*]}" >"$tree/proc/cmdline"
    write_policies
    early plan
    {
        echo "exit $status"
        sed 's/^/| /' "$work/out"
        sed 's/^/! /' "$work/err"
    } | sed 's/ *$//' >"$work/now"
    [ "$accept" = yes ] || diff "$work/expected" "$work/now" >"$work/diff" || bad "$full" "$(cat "$work/diff")"
    check_sanitized "$full"
    check_json "$full"
    [ "$failed" -ne "$before" ] || ok
    { cat "$work/now" && echo; } >>"$work/accepted"
    name=''
}

read_line() {
    local line=$1
    case $line in
        'case '* | '#'*)
            finish_case
            name=${line#case }
            [ "$name" != "$line" ] || name=''
            options=() words=() policies=() wants=()
            : >"$work/expected"
            ;;
        'tree '*) read -r -a options <<<"${line#tree }" ;;
        'cmdline '*) words+=("${line#cmdline }") ;;
        'policy '*) policies+=("${line#policy }") ;;
        'policy@'*) policies+=("${line#policy}") ;;
        'want '*) wants+=("${line#want }") ;;
        'exit '* | '|'* | '!'*)
            printf '%s\n' "$line" >>"$work/expected"
            return
            ;;
        '') return ;;
        *) bad "$file" "what is: $line" ;;
    esac
    printf '%s\n' "$line" >>"$work/accepted"
}

# run_plans FILE: all cases of a file. With accept=yes the expected output in it is written anew.
run_plans() {
    local line options=() words=() policies=() wants=() name='' have='' base='' path=$1 file=${1##*/} machine=${1##*/}
    [ -e "$tests_dir/fixtures/$machine.machine" ] || machine=${machine%%-*}
    : >"$work/accepted"
    while IFS= read -r line || [ -n "$line" ]; do
        read_line "$line"
    done <"$path"
    finish_case
    [ "$accept" != yes ] || cp "$work/accepted" "$path"
}
