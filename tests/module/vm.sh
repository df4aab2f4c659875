# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The machine of the module's tests. It knows QEMU's command line. It must not judge.
#
#   1 GiB in two NUMA nodes, 768 and 256 MiB; an IOMMU; behind a port 01:00.0, a device for VFIO

module_suite() {
    case $1 in
        5.10) echo bullseye ;;
        6.1) echo bookworm ;;
        6.12) echo trixie ;;
        7) echo sid ;;
        *) die "unknown kernel '$1' (known: 5.10 6.1 6.12 7)" ;;
    esac
}

# What Debian's kernels can look for without being built again.
debug_words='slub_debug=FZPU kfence.sample_interval=10 page_poison=1 init_on_free=1'

# What the kernel of watch-kernel looks for only when it is told to.
watch_words='page_poison=1 page_owner=on'

# module_boot DIR LOG MODE - boots DIR's kernel and image; LOG gets said, console, nonce, seconds.
module_boot() {
    local dir=$1 log=$2 mode=$3 nonce words limit=400 start=$SECONDS
    rm -rf "$log"
    mkdir -p "$log"
    nonce=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s\n' "$nonce" >"$log/nonce"
    words="console=ttyS0 panic=-1 oops=panic intel_iommu=on ia32_emulation=1 cryptomgr.notests no_timer_check"
    # The module clears its memory itself: a kernel that does it too would hide that.
    words+=" init_on_alloc=0"
    words+=" log_buf_len=1M printk.devkmsg=on test_mode=$mode test_nonce=$nonce"
    case $mode in
        debug) words+=" $debug_words" ;;
        watch)
            words+=" $watch_words"
            limit=1200
            ;;
        # Every device gets its memory through copies. A kernel with an IOMMU gives their place back.
        copies) words="${words/intel_iommu=on/intel_iommu=off} swiotlb=force" ;;
    esac
    timeout --kill-after=5 "${VFIO_EARLY_BOOT_TIMEOUT:-$limit}" qemu-system-x86_64 -accel tcg -m 1G -smp 2 \
        -machine q35,kernel-irqchip=split -cpu "${MODULE_CPU:-qemu64}" -nodefaults -display none -no-reboot \
        -object memory-backend-ram,id=m0,size=768M -numa node,nodeid=0,memdev=m0,cpus=0-1 \
        -object memory-backend-ram,id=m1,size=256M -numa node,nodeid=1,memdev=m1 \
        -device intel-iommu,intremap=on,caching-mode=on -vga none \
        -device pcie-root-port,id=port1,bus=pcie.0,addr=5,chassis=1 -device bochs-display,bus=port1 \
        -serial "file:$log/console" -serial "file:$log/said" \
        -kernel "$dir/linux" -initrd "$dir/image" -append "$words" </dev/null >"$log/qemu" 2>&1 || :
    touch "$log/said" "$log/console"
    printf '%s\n' "$((SECONDS - start))" >"$log/seconds"
}
