# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Boots one machine and leaves what it said in a folder. Bounded in time, whatever the guest does.
# It knows QEMU's command line. It must not judge a boot.

vm_seconds=${VFIO_EARLY_BOOT_TIMEOUT:-180}

# What every boot has: the console for people on ttyS0, nothing that waits for a person,
# and an end for every accident (panic=-1 with -no-reboot ends QEMU). Without no_timer_check a kernel on a busy
# host may take a late timer for a broken one, and panic.
vm_cmdline='console=ttyS0 panic=-1 oops=panic intel_iommu=on ro rootfstype=ext4 fastboot cryptomgr.notests no_timer_check'

# chroot_kernel TREE - prints the kernel of a chroot.
chroot_kernel() {
    local found
    found=$(compgen -G "$1/boot/vmlinuz-*") || return 1
    printf '%s\n' "${found##*$'\n'}"
}

# vm_watch DIR SIGN - ends the machine when it has said SIGN and then stood for vm_stands seconds: time enough for a boot
# that goes on after all to say so, and none to wait for a machine that stands there for ever.
vm_stands=15
vm_watch() {
    until grep -aqE "$2" "$1/console" 2>/dev/null; do sleep 1; done
    sleep "$vm_stands"
    kill "$(cat "$1/pid")"
}

# vm_boot DIR MACHINE KERNEL_FILE IMAGE CMDLINE [START] - needs DIR/root.img. START KERNEL_FILE CMDLINE is a function
# that makes another way to start than QEMU's own, and puts its arguments into the array `start`. Where vm_sign is set,
# the machine is ended a while after it said that (see vm_watch). One processor, or vm_processors.
# Leaves DIR/console (for people), DIR/facts (for the judge), DIR/nonce, DIR/qemu (how it ended).
vm_boot() {
    local dir=$1 name=$2 kernel=$3 image=$4 words=$5 nonce status=0 watcher=''
    local -a machine start
    nonce=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
    machine_args "$name" "$dir/root.img"
    rm -f "$dir/facts" "$dir/console" "$dir/qemu"
    printf '%s\n' "$nonce" >"$dir/nonce"
    words="$vm_cmdline root=$(root_device "$name") $words test_nonce=$nonce"
    if [ -n "${6:-}" ]; then
        "$6" "$kernel" "$words" || return 1
    else
        start=(-kernel "$kernel" -initrd "$image" -append "$words")
    fi
    local -a command=(timeout --kill-after=5 "$vm_seconds"
        qemu-system-x86_64 -accel tcg -m 1G -smp "${vm_processors:-1}" -nodefaults -display none -no-reboot -pidfile "$dir/pid"
        "${machine[@]}" -serial "file:$dir/console" -serial "file:$dir/facts" "${start[@]}")
    printf '%q ' "${command[@]}" >"$dir/command"
    if [ -n "${vm_sign:-}" ]; then
        vm_watch "$dir" "$vm_sign" &
        watcher=$!
    fi
    killable "${command[@]}" </dev/null >"$dir/qemu.log" 2>&1 || status=$?
    [ -z "$watcher" ] || { kill "$watcher" 2>/dev/null && wait "$watcher"; } 2>/dev/null || :
    printf '%s\n' "$status" >"$dir/qemu"
    touch "$dir/facts" "$dir/console"
}
