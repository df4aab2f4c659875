# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables of lib.sh
#
# Time and memory. Memory is measured as address space, with prlimit: what the program may not even map it cannot
# touch. Needs lib.sh.

# 20 root ports, each with a card of nine functions in one group: 200 devices.
big_machine() {
    local port function
    echo 'cmdline quiet'
    for ((port = 0; port < 20; port++)); do
        printf '0000:00:%02x.%x 060400 8086:1901 8086:2015 %d pcieport\n' $((port / 8 + 1)) $((port % 8)) "$port"
        for ((function = 0; function < 9; function++)); do
            printf '  0000:%02x:%02x.%x 020000 8086:1572 8086:%04x %d i40e\n' $((port + 1)) $((function / 8)) \
                $((function % 8)) $function $port
        done
    done
}

# within KIB WORD...: the program does that with so much address space, and its status is that without a limit.
within() {
    local kib=$1 free
    shift
    "$program" --root "$tree" "$@" >"$work/free" 2>&1 </dev/null
    free=$?
    prlimit --as=$((kib * 1024)) "$program" --root "$tree" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    [ "$status" -eq "$free" ] && cat "$work/out" "$work/err" | cmp - "$work/free"
}

# The least that --version needs, in steps of 16 KiB.
least() {
    local kib
    for ((kib = 128; kib < 8192; kib += 16)); do
        if [ "$(prlimit --as=$((kib * 1024)) "$program" --version 2>/dev/null)" ]; then
            echo $kib
            return
        fi
    done
    echo 'limits: --version does not run' >&2
    return 1
}

# too_little KIB: the control. The limit does bite.
too_little() {
    ! within "$1" plan
}

many_lines() {
    new_tree haswell
    yes "$1" | head -n 1000000 >"$tree/etc/vfio-early.conf"
    local before=$SECONDS
    prlimit --as=$((16 << 20)) timeout 30 "$program" --root "$tree" plan >"$work/out" 2>"$work/err" </dev/null
    status=$?
    ends 3 && says "$2" && [ $((SECONDS - before)) -lt 30 ] && [ "$(wc -l <"$work/err")" -le 40 ]
}

# As many rules as there may be, in as many groups as there are.
many_rules() {
    local i
    for ((i = 0; i < 1024; i++)); do
        echo "claim group=$((i % 20)) name=rule$i allow=collateral"
    done >"$tree/etc/vfio-early.conf"
    timeout 20 "$program" --root "$tree" plan --json >"$work/out" 2>"$work/err" </dev/null
    status=$?
    ends 0 && [ "$(jq '[.devices[] | select(.action == "claim")] | length' "$work/out")" -eq 180 ]
}

run_limits() {
    local base
    base=$(least) || {
        bad limits 'no base'
        return
    }
    big_machine >"$work/big.machine"
    tree=$work/big
    "$tests_dir/fixtures/make-tree" "$work/big.machine" "$tree"
    {
        for i in {0..19}; do echo "claim group=$i allow=collateral name=card$i"; done
        echo 'claim device=01:00.0 expect=8086:1572'
        echo 'claim path=00:01.0/00.1'
        echo 'protect id=8086:1572:8086:0003'
    } >"$tree/etc/vfio-early.conf"
    echo "limits: --version runs in $base KiB of address space"
    t '200 devices: plan in 1 MiB more than --version' within $((base + 1024)) plan
    t '200 devices: plan --json in 1 MiB more than --version' within $((base + 1024)) plan --json
    t 'the limit bites' too_little "$base"
    t '200 devices and 1024 rules' many_rules
    t 'a million rules' many_lines 'claim group=1' ':1025: "claim group=1": more than 1024 rules'
    t 'a million bad lines' many_lines 'claim gruop=1' 'and 999968 more problems'
}
