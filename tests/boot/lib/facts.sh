# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Reads what a guest said (DIR/facts) into tables. It knows the facts and the report format.
# It must not judge.

# fact[KEY]      a fact that is said once, such as fact[pci/0000:01:00.0/driver]
# said[KEY]      all lines of a key that is said often (report, kmsg, splat, plan, ...)
# report[...]    first block: KEY; then rule/N/KEY, device/BDF/KEY, kvmfr/N/KEY; problem texts are in problems
declare -A fact said report
declare -a problems

facts_load() {
    local file=$1 key value
    fact=() said=() report=() problems=()
    while IFS=' ' read -r key value || [ -n "$key" ]; do
        fact[$key]=$value
        said[$key]+=$value$'\n'
    done <"$file"
    report_load
}

# A block is named by its first key: problem, rule or device; the first block has no name.
report_load() {
    local line key value prefix='' at_start=no rules=0
    while IFS= read -r line; do
        if [ -z "$line" ]; then
            at_start=yes
            continue
        fi
        key=${line%%=*} value=${line#*=}
        if [ "$at_start" = yes ]; then
            at_start=no
            case $key in
                problem) prefix=problem/ && problems+=("$value") ;;
                rule) rules=$((rules + 1)) && prefix=rule/$rules/ ;;
                device) prefix=device/$value/ ;;
                kvmfr) prefix=kvmfr/${value##*kvmfr}/ ;;
                *) prefix=unknown/ ;;
            esac
        fi
        report[$prefix$key]=$value
    done <<<"${said[report]:-}"
    report[rules]=$rules
}

# facts_complete DIR - did the guest reach its last line, and is it the guest we started?
facts_complete() {
    [ -n "${fact[token]:-}" ] && [ "${fact[token]}" = "$(cat "$1/nonce")" ]
}

# group_members GROUP - the addresses of a group, one a line.
group_members() {
    local key
    for key in "${!fact[@]}"; do
        if [[ $key == pci/*/group && ${fact[$key]} == "$1" ]]; then
            key=${key#pci/}
            printf '%s\n' "${key%/group}"
        fi
    done | LC_ALL=C sort
}
