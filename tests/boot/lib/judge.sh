# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The words in which a case says what must be true. Each counts what it checked.
# It knows the tables of facts.sh. It must not know a case, QEMU or how an image is made.
#
#   expect driver BDF NAME      expect override BDF NAME     expect exit N        expect report KEY TEXT
#   expect viable BDF yes|no    expect config BDF ID         expect again N       expect device BDF KEY TEXT
#   expect unchanged            expect stopped               expect kmsg TEXT     expect rule N KEY TEXT
#   expect report-file MODE     expect problem TEXT          expect said KEY TEXT        expect console TEXT
#   expect kvmfr N KEY TEXT     (what the guest found at that node; N KEY may be one word: devices, module)
#   expect step NAME N          (how that step ended; what it printed is `said step/NAME`)
# TEXT may be a shell pattern such as '*IOMMU*'. `forbid` takes the same words and wants the opposite.
# The tables are those of facts.sh; case_dir is set by case.sh.
# shellcheck disable=SC2154

checked=0
red=()
# Questions about something the guest said nothing of: a fault of the test, in every mode.
unknown=()
# Of these, the control (no vfio-early) must fail every one: they say that a device is on vfio-pci.
claims_checked=0 claims_red=0

# first_match PATTERN LINES - the first line that matches, or nothing.
first_match() {
    local line
    while IFS= read -r line; do
        # The pattern is meant as one.
        # shellcheck disable=SC2053
        if [[ $line == $1 ]]; then
            printf '%s' "$line"
            return 0
        fi
    done <<<"$2"
    return 0
}

# viability GROUP - what VFIO says; "yes" only if a container, the IOMMU and a DMA mapping were had too.
viability() {
    local answer=${fact["vfio/$1/viable"]:-none} step
    if [ "$answer" = yes ]; then
        for step in container iommu map; do
            [ "${fact["vfio/$1/$step"]:-none}" = ok ] || answer="yes, but $step: ${fact["vfio/$1/$step"]:-none}"
        done
    fi
    printf '%s' "$answer"
}

# device_fact BDF KEY - a device that the guest did not state is a fault of the test.
device_fact() {
    printf '%s' "${fact["pci/$1/$2"]:-unknown}"
}

# lookup WORDS... - sets got (what is), want (what should be; a pattern) and what (for people).
lookup() {
    what=$* got='' want=${*: -1}
    case $1 in
        driver | override) got=$(device_fact "$2" "$1") ;;
        viable) got=$(viability "$(device_fact "$2" group)") ;;
        config) got=${fact["vfio/$2/config"]:-none} ;;
        exit) got=${report[exit]:-none} ;;
        report) got=${report[$2]-none} ;;
        report-file) got=${fact["report-file"]:-unknown} ;;
        device) got=${report["device/$2/$3"]-none} ;;
        rule) got=${report["rule/$2/$3"]-none} ;;
        problem) got=$(first_match "$2" "$(printf '%s\n' "${problems[@]}")") ;;
        kmsg) got=$(first_match "$2" "${said[kmsg]:-}") ;;
        said) got=$(first_match "$3" "${said[$2]:-}") ;;
        again) got=${fact["again/exit"]:-none} ;;
        plan) got=${fact["plan/exit"]:-none} ;;
        step) got=${fact["step/$2/exit"]:-none} ;;
        unchanged) got=${fact["again/changed"]:-none} want=no ;;
        kvmfr) got=${fact["kvmfr/$2${4:+/$3}"]:-none} ;;
        console) got=$(first_match "$2" "$(tr -d '\r\0' <"$case_dir/console")") ;;
        stopped) got=$(boot_end) want=stopped ;;
        *) die "expect: unknown word '$1'" ;;
    esac
    [ "$got" != unknown ] || unknown+=("$what")
}

note_result() {
    local ok=$1 text=$2
    checked=$((checked + 1))
    if [[ $what == driver*vfio-pci && $text == expect* ]]; then
        claims_checked=$((claims_checked + 1))
        [ "$ok" = yes ] || claims_red=$((claims_red + 1))
    fi
    [ "$ok" = yes ] || red+=("$text, but it is: ${got:-nothing}")
}

expect() {
    local got want what ok=no
    lookup "$@"
    # shellcheck disable=SC2053
    [[ $got == $want ]] && ok=yes
    note_result "$ok" "expect $what"
}

forbid() {
    local got want what ok=yes
    lookup "$@"
    # shellcheck disable=SC2053
    [[ -n $got && $got == $want ]] && ok=no
    note_result "$ok" "forbid $what"
}

# What a generator says when it stops, one after another: initramfs-tools, dracut without and with systemd, systemd.
stop_signs='Rebooting automatically due to panic= boot argument|Boot has failed. To debug this issue add "?rd.shell'
stop_signs+='|You are in emergency mode'
# What it says when the boot went on.
root_signs='Kernel panic|Mounting root file system|Mounted (dracut )?root|Mounted sysroot|[Ss]witch(ing)?[ -][Rr]oot'

# Our own word on it: of the program, or of the units, which the console shortens.
stop_words='vfio-early: .*on-failure=stop|vfio-early.*the boot stops here'

# boot_end - how the machine ended: complete, stopped (by us, on purpose), timeout or broken.
# Only here the console counts: a boot that was stopped in the initramfs has no other voice.
boot_end() {
    if facts_complete "$case_dir"; then
        echo complete
    elif grep -aqE "$stop_words" "$case_dir/console" &&
        grep -aqE "$stop_signs" "$case_dir/console" && [ ! -s "$case_dir/facts" ] &&
        ! grep -aqE "$root_signs" "$case_dir/console"; then
        echo stopped # also one that stands there for ever: dracut 059 cannot reboot without systemd
    elif [ "$(cat "$case_dir/qemu")" = 124 ]; then
        echo timeout
    elif grep -aqE "$stop_words" "$case_dir/console" &&
        grep -aq 'Attempted to kill init! exitcode=0x00000600' "$case_dir/console"; then
        echo stopped # as the first process: there is nobody else to stop the boot
    else
        echo broken
    fi
}

# claimed BDF... - these are claimed, VFIO agrees, and the report says so.
claimed() {
    local address
    for address; do
        expect driver "$address" vfio-pci
        expect device "$address" state claimed
        expect device "$address" driver-after vfio-pci
        expect viable "$address" yes
        expect config "$address" "$(device_fact "$address" id)"
    done
}

# left BDF DRIVER - this one stays with its host driver and carries no trace of us.
left() {
    expect driver "$1" "$2"
    expect override "$1" -
}

# before_root TEXT - the kernel said this line, and before it mounted the real root.
before_root() {
    local got what="before the real root: $1" line
    line=$(tr -d '\r\0' <"$case_dir/console" | grep -naE "$1|EXT4-fs \(.*mounted filesystem" | head -n1)
    got=${line#*:}
    if [ -n "$got" ] && ! [[ $got == *EXT4-fs* ]]; then note_result yes "$what"; else note_result no "$what"; fi
}

# after_root TEXT - the kernel said this line, and not before it mounted the real root.
after_root() {
    local got what="after the real root: $1" lines
    lines=$(tr -d '\r\0' <"$case_dir/console" | grep -aE "$1|EXT4-fs \(.*mounted filesystem")
    got=${lines%%$'\n'*}
    if [[ $got == *EXT4-fs* && $lines == *$'\n'* ]]; then note_result yes "$what"; else note_result no "$what"; fi
}

# What must hold in every boot that vfio-early took part in.
sound() {
    local count
    count=$(grep -c . <<<"${said[kmsg]:-}" || :)
    forbid said splat '?*'
    got=$count what="at most 8 kernel log lines"
    if [ "$count" -ge 1 ] && [ "$count" -le 8 ]; then note_result yes "$what"; else note_result no "$what"; fi
}
