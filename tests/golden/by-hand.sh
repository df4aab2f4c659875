# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables of lib.sh
#
# `release` and `claim --now` over a tree, which takes writes and does not react. What they do on a machine that reacts
# is in the unit tests and the boot tests. Needs lib.sh, usage.sh and status.sh.

# says_so STATUS TEXT WORD...: how the run ends, and something that it says.
says_so() {
    local want=$1 text=$2
    shift 2
    early "$@"
    ends "$want" && says "$text"
}

# untouched WORD...: the run changes nothing but the lock.
untouched() {
    (cd "$tree" && find . -path ./run -prune -o -type f -exec md5sum {} + | sort) >"$work/before"
    early "$@"
    (cd "$tree" && find . -path ./run -prune -o -type f -exec md5sum {} + | sort) | diff "$work/before" -
}

override_is() {
    [ "$(cat "$tree/sys/bus/pci/devices/$1/driver_override")" = "$2" ]
}

# Process 4242 has the node open that sysfs says is group 1's: /dev/null, under another name.
opened() {
    mkdir -p "$tree/sys/class/vfio/1" "$tree/proc/4242/fd"
    echo 1:3 >"$tree/sys/class/vfio/1/dev"
    ln -s /dev "$tree/vfio"
    ln -s "$tree/vfio/null" "$tree/proc/4242/fd/9"
    printf 'qemu\033[31m\n' >"$tree/proc/4242/comm"
}

# locked WORD...: another process has the lock.
locked() {
    python3 - "$program" --root "$tree" "$@" >"$work/out" 2>"$work/err" <<'PYTHON'
import fcntl, subprocess, sys
tree = sys.argv[3]
lock = open(tree + "/run/vfio-early/lock", "w")
fcntl.lockf(lock, fcntl.LOCK_EX)
sys.exit(subprocess.run(sys.argv[1:]).returncode)
PYTHON
    status=$?
    ends 5 && says '/run/vfio-early/lock: another vfio-early changes devices just now'
}

by_hand_operands() {
    t 'release: no operand' wrong 'an operand is missing: DEVICE|NAME' release
    t 'release: two operands' wrong 'one word too many: gaming' release 01:00.0 gaming
    t 'release: malformed address' says_so 2 '"01:00.9": ' release 01:00.9
    t 'release: no name' says_so 2 'expected the name= of a rule' release $'\033[31m'
    t 'release: no such device' says_so 4 'there is no PCI device 0000:09:00.0' release 09:00.0
    t 'release: no such name' says_so 4 'no rule of the policy has name=nobody' release nobody
    t 'release --only: a bridge' says_so 4 'nothing but bridges' release --only 00:01.0
    t 'claim: an operand' says_so 2 'goes with --now only' claim 01:00.0
    t 'claim --now: two operands' wrong 'one word too many: gaming' claim --now 01:00.0 gaming
    t 'claim --now: malformed address' says_so 2 '"1:": ' claim --now 1:
    t 'claim --now: no such device' says_so 4 'there is no PCI device 0000:09:00.0' claim --now 09:00.0
    t 'claim --now: no such name' says_so 4 'no rule of the policy has name=nobody' claim --now nobody
    t 'claim --now: locked' locked claim --now
    t 'release: locked' locked release 01:00.0
    t 'claim --now: output cannot be written' cannot_write claim --now
    t 'release: output cannot be written' cannot_write release 00:1b.0
    t 'status: output cannot be written' cannot_write status
    t 'show: output cannot be written' cannot_write show qemu
}

by_hand_release() {
    claimed_card
    t 'release: a host driver' says_so 0 '0000:00:1b.0  snd_hda_intel has it already' release 00:1b.0
    t 'release: a host driver, untouched' untouched release 00:1b.0
    t 'release: it does not let go' says_so 4 'not released: releasing it from vfio-pci: ' release gaming
    t 'release: what stays keeps its override' override_is 0000:01:00.1 vfio-pci
    bound 0000:01:00.1 -
    t 'release: no driver comes' says_so 0 '0000:01:00.1  no driver -> no driver: no driver took it' release --only 01:00.1
    t 'release: the override is gone' override_is 0000:01:00.1 ''
    claimed_card
    opened
    t 'release: in use' says_so 4 'IOMMU group 1 is in use by process 4242 (qemu\x1b[31m)' release gaming
    t 'release: in use, untouched' untouched release gaming
    t 'release --only: in use' says_so 4 'in use by process 4242' release --only 01:00.1
    t 'release: another group' says_so 0 'snd_hda_intel has it already' release 00:1b.0
    rm -r "$tree/run"
    t 'release: no /run' says_so 5 '/run/vfio-early/lock: No such file' release gaming
}

# Only what was asked for is overridden, and the report of the whole stays.
narrowed() {
    local report
    report=$(cat "$tree/run/vfio-early/report")
    early claim --now gaming
    ends 4 && says '0000:01:00.0  failed: ' '/etc/vfio-early.conf:1: failed: ' && override_is 0000:01:00.0 '' &&
        override_is 0000:00:1b.0 '(null)' && [ "$(cat "$tree/run/vfio-early/report")" = "$report" ] &&
        ! grep -q 'conf:2' "$work/out"
}

by_hand_claim() {
    claimed_card
    t 'claim --now: already' says_so 0 '0000:01:00.1  vfio-pci has it already' claim --now
    claimed_card
    bound 0000:01:00.0 -
    bound 0000:01:00.1 -
    t 'claim --now: no driver comes' says_so 4 '0000:01:00.0  failed: vfio-pci did not take it' claim --now
    t 'claim --now: the report says who' grep -qx run=by-hand "$tree/run/vfio-early/report"
    new_tree haswell
    printf 'claim group=1 name=gaming\nclaim device=00:1b.0 name=sound\n' >"$tree/etc/vfio-early.conf"
    mkdir -p "$tree/run/vfio-early"
    echo version=1 >"$tree/run/vfio-early/report"
    t 'claim --now NAME' narrowed
    t 'claim --now DEVICE without a rule' says_so 4 'claim --now: refused: collateral: ' claim --now 00:1f.2
    echo 'protect device=00:1b.0' >"$tree/etc/vfio-early.conf"
    t 'claim --now DEVICE: protected' says_so 4 '0000:00:1b.0  refused: protect: ' claim --now 00:1b.0
    t 'claim --now: nothing asked' says_so 0 'no rule asks for anything' claim --now
    echo vfio_early=0 >"$tree/proc/cmdline"
    t 'claim --now: switched off' says_so 0 'switched off by vfio_early=' claim --now 01:00.0
}

run_by_hand() {
    claimed_card
    by_hand_operands
    by_hand_release
    by_hand_claim
}
