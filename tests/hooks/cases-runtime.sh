# shellcheck shell=bash disable=SC2154 # the variables are shared by all parts, see run
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Cases: the run-time script under each shell that may run it in an image. The claim is a stand-in
# with a chosen exit status; no test here touches a device.

# run_script SHELL... - at most 20 seconds; output to last.out.
run_script() {
    timeout 20 chroot "$m" /usr/bin/env -i PATH=/stub:/usr/sbin:/usr/bin:/sbin:/bin "panic=${panic:-}" \
        "$@" "/scripts/${step:-init-top}/00-vfio-early" >"$work/last.out" 2>&1 </dev/null
}

# with_wait COMMAND... - where the image has the script of the end.
with_wait() {
    local status=0
    cp -r "$top/hooks/initramfs-tools/scripts/init-bottom" "$m/scripts/"
    "$@" || status=$?
    rm -r "$m/scripts/init-bottom"
    return $status
}

# claim_gives STATUS
claim_gives() {
    printf '#!/bin/sh\necho "arguments: $*"\nexit %s\n' "$1" >"$m/usr/sbin/vfio-early"
    chmod 755 "$m/usr/sbin/vfio-early"
}

# claim_dies [leaving-its-mark] - by a signal.
claim_dies() {
    # shellcheck disable=SC2016
    printf '#!/bin/sh\n%s\nkill -SEGV $$\n' "${1:+mkdir -p /run/vfio-early && : >/run/vfio-early/stop}" >"$m/usr/sbin/vfio-early"
    chmod 755 "$m/usr/sbin/vfio-early"
}

runtime_machine() {
    fresh_machine
    mkdir -p "$m/scripts/init-top" "$m/stub"
    cp "$top/hooks/initramfs-tools/scripts/init-top/00-vfio-early" "$m/scripts/init-top/"
}

# A panic that counts its calls: the third one ends the script, so the test ends too.
counting_panic() {
    cat >"$m/scripts/functions" <<'END'
panic() {
    echo "panic: $*"
    echo x >>/panics
    [ "$(grep -c x /panics)" -lt 3 ] || kill $$
}
END
    rm -f "$m/panics"
}

# gives ARGUMENTS COMMAND... - these arguments, and no others, are those of the program.
gives() {
    local want=$1
    shift
    "$@" && grep -qxF "arguments: $want" "$work/last.out"
}

case_runtime_status() {
    runtime_machine
    counting_panic
    for shell in /bin/dash '/bin/busybox sh' /usr/lib/klibc/bin/sh; do
        for code in 0 1 2 3 4 5 127; do
            claim_gives $code
            check "$shell: after exit status $code the boot goes on" goes_on "$shell"
        done
        check "$shell: nothing waits for the claim: the boot does" gives claim goes_on "$shell"
        check "$shell: else it goes on" with_wait gives "claim --background" goes_on "$shell"
        check "$shell: the end waits" with_wait gives "claim --wait" end_goes_on "$shell"
        claim_gives 6
        rm -f "$m/panics"
        # shellcheck disable=SC2086
        check "$shell: after exit status 6 the script does not end" not status 0 run_script $shell
        check "$shell: it panics with the reason" said "panic: vfio-early: a rule with on-failure=stop"
        check "$shell: and again when the shell is left" status 0 test "$(grep -c x "$m/panics")" -eq 3
        rm -f "$m/panics"
        claim_dies leaving-its-mark
        # shellcheck disable=SC2086
        check "$shell: after a crash that left the mark of on-failure=stop the script does not end" not status 0 run_script $shell
        check "$shell: it panics" said "panic: vfio-early: a rule with on-failure=stop"
        rm -r "$m/run/vfio-early"
        claim_dies
        check "$shell: after a crash that left no mark the boot goes on" goes_on "$shell"
        rm "$m/usr/sbin/vfio-early"
        # shellcheck disable=SC2086
        check "$shell: without the binary the boot goes on" status 0 run_script $shell
        check "$shell: and it is said" said "not in this image"
        # shellcheck disable=SC2086
        check "$shell: prereqs prints nothing" status 0 prereqs_empty $shell
    done
}

goes_on() {
    # shellcheck disable=SC2086
    status 0 run_script $1 && unsaid panic:
}

end_goes_on() {
    local step=init-bottom
    goes_on "$1"
}

prereqs_empty() {
    [ -z "$(chroot "$m" "$@" /scripts/init-top/00-vfio-early prereqs)" ]
}

# Hooks that PID 1 sources: whatever the program ends with, it goes on.
case_runtime_sourced() {
    runtime_machine
    mkdir -p "$m/hooks"
    cp "$top/hooks/mkinitcpio/hooks/vfio-early" "$m/hooks/mkinitcpio"
    cp "$top"/hooks/dracut/50vfio-early/vfio-early*.sh "$m/hooks/"
    for shell in /bin/dash '/bin/busybox sh'; do
        for code in 0 1 4 5; do
            claim_gives $code
            check "$shell: mkinitcpio, exit status $code" sourced "$shell" '. /hooks/mkinitcpio; run_earlyhook; run_cleanuphook'
            check "claims, then waits" test "$(grep ^arguments "$work/last.out" | tr '\n' ';')" = \
                'arguments: claim --background;arguments: claim --wait;'
            check "$shell: dracut, exit status $code" sourced "$shell" 'set -e; . /hooks/vfio-early.sh; . /hooks/vfio-early-wait.sh'
            check "claims, then waits" test "$(grep ^arguments "$work/last.out" | tr '\n' ';')" = \
                'arguments: claim --background;arguments: claim --wait;'
        done
    done
}

# sourced SHELL WORDS - they run to their end.
sourced() {
    # shellcheck disable=SC2086
    timeout 20 chroot "$m" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin $1 -c "$2; echo goes on" \
        >"$work/last.out" 2>&1 </dev/null && said 'goes on'
}

# The panic of the generator itself obeys panic= on the kernel command line.
case_runtime_panic_option() {
    runtime_machine
    cp "$m/usr/share/initramfs-tools/scripts/functions" "$m/scripts/functions"
    # A reboot or halt that does not happen: the boot must not go on after it.
    # shellcheck disable=SC2016
    for tool in reboot halt sleep; do
        printf '#!/bin/sh\necho "%s $*"\necho x >>/panics\n[ "$(grep -c x /panics)" -lt 9 ] || kill $PPID\n' \
            $tool >"$m/stub/$tool"
        chmod 755 "$m/stub/$tool"
    done
    claim_gives 6
    for panic in 10 -1 0; do
        rm -f "$m/panics"
        check "panic=$panic: the script does not end" not status 0 run_script /bin/dash
        if [ $panic = 0 ]; then
            check "panic=$panic: the machine halts" said "halt -f"
        else
            check "panic=$panic: the machine reboots" said "reboot -f"
        fi
        check "panic=$panic: no shell is offered" unsaid "(initramfs)"
    done
}
