# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables of lib.sh
#
# What README and the man page tell a person to type, typed. Needs lib.sh, check.sh and status.sh.

# The commands of the five-minute path that are the program's own, without sudo and comments.
readme_path() {
    # shellcheck disable=SC2016 # no command
    sed -n '/^Five minutes/,/^`pin`/s/^    sudo vfio-early \([^#]*[^# ]\).*/\1/p' "${tests_dir%/*}/README.md"
}

# The reboot comes before `status`: the card is on vfio-pci then, and the claim leaves its report.
readme_reboot() {
    mkdir -p "$tree/sys/bus/pci/drivers/vfio-pci"
    local address
    for address in 0000:01:00.0 0000:01:00.1; do
        bound $address vfio-pci
        overridden $address vfio-pci
    done
    early claim
    ends 0
}

readme_works() {
    local line words count=0
    desk
    while read -r line; do
        read -r -a words <<<"$line"
        [ "${words[0]}" != status ] || readme_reboot || return 1
        early "${words[@]}"
        if ! ends 0; then
            echo "README: vfio-early $line"
            return 1
        fi
        count=$((count + 1))
    done < <(readme_path)
    says "<address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>" || return 1
    [ "$count" -eq 7 ] || {
        echo "README has $count commands of the program, not 7"
        return 1
    }
}

# The keys of the policy: what the program says when it is given another one, and vfio-early.conf(5).
policy_keys() {
    local statement
    for statement in claim protect kvmfr hugepages; do
        echo "$statement bogus=1" >"$work/keys"
        early plan --policy "$work/keys"
        sed -n 's/.*unknown key, expected one of //p' "$work/err" | tr ' ' '\n'
    done | sort -u
}

keys_documented() {
    policy_keys >"$work/known"
    [ "$(wc -l <"$work/known")" -ge 20 ] &&
        sed -n 's/^\.It Cm \([^ ]*\).*/\1/p' "${tests_dir%/*}/early/vfio-early.conf.5" |
        grep -vxE 'claim|protect|kvmfr|hugepages' | sort -u | diff "$work/known" -
}

# hook STATUS DOMAIN PHASE: the hook of libvirt that the man page shows.
hook() {
    local status
    sed -n '/^#!\/bin\/sh$/,/^\.Ed/p' "$man_page" | sed "/^\.Ed/d; s,/usr/sbin/vfio-early,$program --root $tree," >"$work/hook"
    [ "$(wc -l <"$work/hook")" -ge 4 ] || return 1
    sh "$work/hook" "$2" "$3" begin - </dev/null >"$work/out" 2>"$work/err"
    status=$?
    [ ! -s "$work/out" ] && ends "$1"
}

# systemd takes 1 to 254 of ExecCondition= as: not now, without a failure.
run_documents() {
    t 'README: the five minutes' readme_works
    claimed_card
    t 'the keys of the policy in vfio-early.conf(5)' keys_documented
    t 'the hook of libvirt: the card holds' hook 0 gaming prepare
    t 'the hook of libvirt: another domain' hook 0 other prepare
    bound 0000:01:00.1 -
    t 'the hook of libvirt: the card is lost' hook 4 gaming prepare
    t 'the hook of libvirt: not when the domain stops' hook 0 gaming release
    rm -r "$tree/run/vfio-early"
    t 'the hook of libvirt: no report' hook 5 gaming prepare
}
