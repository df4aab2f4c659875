# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What every part of the benchmarks needs: folders, the methods, and how one of them is booted.
# It knows QEMU's command line and the lines that guest/init.c prints. It judges no figure.
# Whoever sources it uses the names.
# shellcheck disable=SC2034

BENCH_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../boot/lib/common.sh
. "$BENCH_DIR/../boot/lib/common.sh"
# shellcheck source=../boot/lib/guest.sh
. "$BENCH_DIR/../boot/lib/guest.sh"
# What an image gets.
EARLY_BIN=${VFIO_EARLY_BIN:-$TOP_DIR/build/initramfs/vfio-early}
OUT_DIR=${VFIO_EARLY_BENCH_OUT:-$TOP_DIR/build/bench}

bench_seconds=${VFIO_EARLY_BOOT_TIMEOUT:-900}
card='0000:01:00.0 0000:01:00.1'

# How many machines at once, where no wall time is taken.
bench_jobs=${VFIO_EARLY_BENCH_JOBS:-$(nproc)}

# A line of the CSV files: section,name,metric,value.
figure() {
    (IFS=, && printf '%s\n' "$*")
}

# The methods: name|words for the kernel|the command. All of them are to hand the card at 01:00 to vfio-pci.
# The floor comes first: the others are compared with it.
methods() {
    local n
    printf 'floor||/init floor %s %s\n' "$card" "$(floor_modules)"
    printf 'vfio-early groups=||/usr/sbin/vfio-early claim --cmdline vfio_early.groups=@GROUP@\n'
    for n in 1 10 100; do
        printf 'vfio-early policy of %s||/usr/sbin/vfio-early claim --policy /bench/policy-%s\n' $n $n
    done
    printf 'modprobe vfio-pci ids=||/usr/sbin/modprobe vfio-pci ids=1234:1111,8086:2668\n'
    printf 'override script (busybox ash)||/usr/bin/busybox ash /bench/override.sh %s\n' "$card"
    printf 'override script (bash)||/usr/bin/bash /bench/override.sh %s\n' "$card"
    printf 'boot_vga script (busybox ash)||/usr/bin/busybox ash /bench/bootvga.sh\n'
    printf 'boot_vga script (bash)||/usr/bin/bash /bench/bootvga.sh\n'
    printf 'driverctl set-override||/usr/bin/bash /bench/driverctl.sh %s\n' "$card"
}

# The paths in the image, in an order that needs no other.
floor_modules() {
    cat "$OUT_DIR/image/floor-modules"
}

# What is in an empty image for the method: the lists that `image` left. And what only this tree has of it.
files_for() {
    local dir=$OUT_DIR/image
    case $1 in
        vfio-early*policy*) cat "$dir/files-vfio-early" && echo "/bench/policy-${1##* }" ;;
        vfio-early*) cat "$dir/files-vfio-early" ;;
        modprobe*) cat "$dir/files-modprobe" ;;
        override*busybox*) cat "$dir/files-ash" && echo /bench/override.sh ;;
        override*) cat "$dir/files-bash" && echo /bench/override.sh ;;
        boot_vga*busybox*) cat "$dir/files-ash" && echo /bench/bootvga.sh ;;
        boot_vga*) cat "$dir/files-bash-tools" && echo /bench/bootvga.sh ;;
        driverctl*) cat "$dir/files-driverctl" && echo /bench/driverctl.sh ;;
    esac
}

# The card to claim is an identical twin of the host's boot display on the second machine.
#  cost:  00:01.0 cirrus (host)  01:00.0 VGA + 01:00.1 audio, one group   02:00.0 e1000e
#  twins: 00:01.0 VGA (host)     01:00.0 VGA + 01:00.1 audio, one group   02:00.0 VGA (host)
# The commas belong to QEMU's words.
# shellcheck disable=SC2054
machine() {
    local host=cirrus-vga other=e1000e,romfile=
    [ "$1" = cost ] || host=VGA other=VGA
    # shellcheck disable=SC2054 # the commas are QEMU's
    machine=(-machine 'q35,kernel-irqchip=split' -m 1G -vga none -audiodev none,id=quiet -nodefaults -display none
        -device 'intel-iommu,intremap=on,caching-mode=on' -device "$host,bus=pcie.0,addr=0x1"
        -device pcie-root-port,id=port1,bus=pcie.0,addr=0x5,chassis=1
        -device pcie-root-port,id=port2,bus=pcie.0,addr=0x6,chassis=2
        -device VGA,bus=port1,addr=0x0.0x0,multifunction=on
        -device intel-hda,bus=port1,addr=0x0.0x1 -device hda-output,audiodev=quiet
        -device "$other,bus=port2")
}

# How the processor is emulated. exact: a nanosecond is an instruction, the same in every run, however busy the host is.
# plain and two take the host's time, so that a busy host is seen in it.
processor() {
    case $1 in
        exact)
            processor=(-accel 'tcg,thread=single' -icount 'shift=0,sleep=off' -cpu 'max,-rdrand,-rdseed' -smp 1
                -seed 1 -rtc 'base=2025-01-01T00:00:00,clock=vm')
            ;;
        plain) processor=(-accel tcg -cpu qemu64 -smp 1) ;;
        two) processor=(-accel 'tcg,thread=multi' -cpu qemu64 -smp 2) ;;
    esac
}

# boot PROCESSOR MACHINE MEASURE IMAGE WORDS COMMAND - prints the guest's lines.
boot() {
    local kernel log status=0 words
    local -a machine processor
    kernel=$(cat "$OUT_DIR/image/kernel")
    machine "$2"
    processor "$1"
    log=$(mktemp "$OUT_DIR/boot.XXXXXX")
    words="console=ttyS0 panic=-1 intel_iommu=on iommu=pt quiet nokaslr cryptomgr.notests no_timer_check"
    timeout --kill-after=5 "$bench_seconds" qemu-system-x86_64 "${processor[@]}" "${machine[@]}" -no-reboot \
        -serial "file:$log" -kernel "$kernel" -initrd "$4" \
        -append "$words $5 measure=$3 -- $6" </dev/null >"$log.qemu" 2>&1 || status=$?
    tr -d '\r' <"$log" | sed -n 's/^.*BENCH //p'
    if [ "$status" -ne 0 ] || ! grep -q 'BENCH end' "$log"; then
        note "a boot did not reach its end ($status): $6; its console: $log"
        return 1
    fi
    rm -f "$log" "$log.qemu"
}

value() {
    sed -n "s/.*\\<$1=\\([0-9]*\\).*/\\1/p" | head -n 1
}

# The card must be claimed in each boot that counts: a method that did nothing would be the fastest.
must_claim() {
    [ "$(grep -c '^driver after 0000:01:00\.[01] vfio-pci')" = 2 ] || die "not claimed by: $1"
}

# group_of MACHINE - the number of the card's IOMMU group, as the machine itself says it. Kept beside the image.
group_of() {
    local kept=$OUT_DIR/image/group-$1
    [ -s "$kept" ] || {
        boot exact "$1" time "$OUT_DIR/image/initrd" '' "/init floor $card $(floor_modules)" |
            awk '$1 == "driver" && $3 == "0000:01:00.0" { print $5; exit }' >"$kept.new"
        mv "$kept.new" "$kept"
    }
    [[ $(cat "$kept") == [0-9]* ]] || die "the machine $1 has no IOMMU group for the card"
    cat "$kept"
}

# with_group MACHINE COMMAND
with_group() {
    local number=''
    [[ $2 != *@GROUP@* ]] || number=$(group_of "$1")
    printf '%s\n' "${2//@GROUP@/$number}"
}

# exact IMAGE WORDS COMMAND - the instructions of a command that claims the card: the median of three boots, which
# differ in a word that nobody reads. The kernel makes a worker now and then, which costs 70,000, and which boots have it
# within the command is the same in every run and by chance otherwise.
exact() {
    local said word
    for word in q=1 q=22 q=333; do
        said=$(boot exact cost time "$1" "$2 $word" "$(with_group cost "$3")")
        must_claim "$3" <<<"$said"
        value ns <<<"$(grep '^timed' <<<"$said")"
    done | sort -n | sed -n 2p
}

# Nanoseconds, one a line; the median in ms.
median_ms() {
    sort -n | awk '{ v[NR] = $1 } END { printf "%.1f", v[int((NR + 1) / 2)] / 1000000 }'
}
