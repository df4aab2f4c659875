# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# One case from its file to its verdict: makes its policy, root and image, boots, judges.
# It knows what a case file may say. It must not know how cases are chosen or counted.
# The tables and counters it reads are those of facts.sh and judge.sh.
# shellcheck disable=SC2154
#
# A case file says:   machine NAME            one of machines.sh; first, as group_of needs it
#                     image VARIANT           of image.sh; normal where nothing is said
#                     generator FLAVOUR       of image.sh; initramfs-tools where nothing is said
#                     words 'WORD ...'        for the kernel command line
#                     policy [FILE] <<EOF     a file for /etc; /etc/vfio-early.conf where not named
#                     built_in                the real build hook puts the policy in; else it is appended
#                     is_control              the case is a control itself: a machine without vfio-early
#                     only_on KERNEL          not run on other kernels; the file says why
#                     stops_boot              the real root must never be reached
#                     overlay HOW, main NAME  no hook but the overlay archive: words of overlay.sh
#                     loader NAME             UEFI firmware and a boot loader start it: a word of uefi.sh
#                     processors N            the machine has that many, else one
#                     no_control, full_only   no control can be; not part of the set "check"
#                     root_module NAME...     the real root has these; nothing else loads them
#                     root_qemu               the real root has this machine's QEMU, as /usr/bin/qemu
#                     step NAME HOW WORD...   run in the booted system, see guest/steps.c
#                     check() { ... }         the words of judge.sh

machine() { case_machine=$1; }
image() { case_image=$1; }
generator() { case_generator=$1; }
words() { case_words+=" $*"; }
built_in() { case_built_in=yes; }
is_control() { case_image=control case_sound=no; }
only_on() { :; }
processors() { vm_processors=$1; }
stops_boot() { case_stops=yes case_sound=no; }
no_control() { :; }
full_only() { :; }

policy() {
    local file=$case_dir/etc/${1:-vfio-early.conf}
    mkdir -p "$(dirname "$file")"
    cat >"$file"
}

# step NAME root|user|background WORD... - a command, and what the guest calls it. The real root holds nothing but
# /usr/sbin/vfio-early and the guest itself, /sbin/init.
step() {
    mkdir -p "$case_dir/etc"
    printf '%s\n' "$*" >>"$case_dir/etc/boot-test-steps"
}

root_module() { case_modules+=" $*"; }
root_qemu() { case_qemu=yes; }

# A case file that cannot say what it wants must not be booted as if it could.
broken() {
    note "$1"
    touch "$case_dir/broken"
}

# group_of BDF - the number that this kernel gives the group of a device on this machine.
# Asked from a boot without vfio-early, which is made once and kept.
group_of() {
    local dir group
    dir=$(survey "$case_machine" "$case_kernel") || {
        broken "no survey of $case_machine on $case_kernel"
        return 1
    }
    group=$(sed -n "s|^pci/$1/group ||p" "$dir/facts")
    [[ $group =~ ^[0-9]+$ ]] || {
        broken "$1 has no IOMMU group on $case_machine, kernel $case_kernel"
        return 1
    }
    printf '%s\n' "$group"
}

# survey MACHINE KERNEL - prints a folder with the facts of that machine without vfio-early.
survey() {
    local image kernel dir
    image=$("$BOOT_DIR/image.sh" "$2" control) || return 1
    kernel=$(kernel_of "$2") || return 1
    dir=$OUT_DIR/survey/$1-$2-$(cat "$BOOT_DIR/lib/machines.sh" "$BOOT_DIR/lib/vm.sh" - <<<"$image $kernel" |
        sha256sum | cut -c1-12)
    with_lock "$dir.lock" survey_boot "$dir" "$1" "$kernel" "$image" || return 1
    printf '%s\n' "$dir"
}

survey_boot() {
    local dir=$1
    [ ! -e "$dir/complete" ] || return 0
    mkdir -p "$dir"
    build_root "$dir/root.img" '' || return 1
    vm_boot "$dir" "$2" "$3" "$4" ''
    rm -f "$dir/root.img"
    facts_load "$dir/facts"
    facts_complete "$dir" || return 1
    touch "$dir/complete"
}

# kernel_of KERNEL [FLAVOUR]
kernel_of() {
    local suite tree flavour=${2:-}
    suite=$(suite_of "$1") || return 1
    tree=$("$BOOT_DIR/chroot.sh" "$suite" ${flavour:+"${flavour%-*}"}) || return 1
    chroot_kernel "$tree"
}

# append_policy IMAGE OUT ETC - OUT is IMAGE and one more archive with the policy.
# The second archive is compressed, so its offset needs no alignment. It holds no entry for a
# directory that could be a symlink in IMAGE: that would replace the symlink.
append_policy() {
    (cd "$3/.." && find etc -mindepth 1 | LC_ALL=C sort | cpio -o -H newc --quiet --owner 0:0) |
        gzip -9n | cat "$1" - >"$2"
}

# case_image_file - prints the image this case boots.
case_image_file() {
    if [ -n "$case_overlay" ]; then
        overlay_image_file
        return
    fi
    local etc=$case_dir/etc file variant=$case_image built_in=''
    [ "$mode" != control ] || variant=control
    if [ ! -d "$etc" ] || [ "$variant" = control ]; then
        etc=''
    elif [ "$case_built_in" = yes ]; then
        built_in=$etc
    fi
    [ -z "$case_generator" ] || variant+=@$case_generator
    file=$("$BOOT_DIR/image.sh" "$case_kernel" "$variant" ${built_in:+"$built_in"}) || return 1
    if [ -n "$etc" ] && [ -z "$built_in" ]; then
        append_policy "$file" "$case_dir/image" "$etc" || return 1
        file=$case_dir/image
    fi
    printf '%s\n' "$file"
}

# root_modules DIR - the modules for the real root, in DIR/lib/modules, with their index.
root_modules() {
    local suite tree version name file
    suite=$(suite_of "$case_kernel") || return 1
    tree=$("$BOOT_DIR/chroot.sh" "$suite") || return 1
    version=$(cd "$tree/lib/modules" && echo *)
    mkdir -p "$1/lib/modules/$version"
    cp "$tree/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} "$1/lib/modules/$version/"
    for name in $case_modules; do
        file=$(find "$tree/lib/modules/$version/kernel" -name "$name.ko*") || return 1
        [ -n "$file" ] || return 1
        cp "$file" "$1/lib/modules/$version/"
    done
    depmod -b "$1" "$version"
}

# root_qemu_files DIR - QEMU with its libraries, TCG and the firmware of a plain PC, where it looks for them.
root_qemu_files() {
    local qemu modules
    qemu=$(command -v qemu-system-x86_64) || return 1
    modules=$(find /usr/lib -name accel-tcg-x86_64.so -print -quit)
    install -D "$qemu" "$1/usr/bin/qemu"
    {
        [ -z "$modules" ] || echo "$modules"
        ldd "$qemu" ${modules:+"$modules"} | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p'
        find /lib64/ld-linux-x86-64.so.2
        find /usr/share/qemu /usr/share/seabios -name bios-256k.bin -o -name kvmvapic.bin -o -name linuxboot_dma.bin
    } | sort -u | while read -r qemu; do
        cp -L --parents "$qemu" "$1/" || return 1
    done
}

# case_boot - everything up to the end of the machine.
case_boot() {
    local image kernel etc='' extra=''
    image=$(case_image_file) || return 1
    kernel=$(kernel_of "$case_kernel" "$case_generator") || return 1
    [ ! -d "$case_dir/etc" ] || etc=$case_dir/etc
    if [ -n "$case_modules$case_qemu" ]; then
        extra=$case_dir/more
        mkdir -p "$extra"
        [ -z "$case_modules" ] || root_modules "$extra" || return 1
        [ -z "$case_qemu" ] || root_qemu_files "$extra" || return 1
    fi
    build_root "$case_dir/root.img" "$etc" "$extra" || return 1
    # shellcheck disable=SC2034 # for vm.sh
    local vm_sign=''
    # shellcheck disable=SC2034
    [ "$case_stops" != yes ] || vm_sign=$stop_signs
    vm_boot "$case_dir" "$case_machine" "$kernel" "$image" "$case_words" ${case_loader:+uefi_disk} || return 1
    rm -rf "$case_dir"/{more,root.img,image,extra,esp,esp.img,vars.img}
}

# case_run FILE KERNEL MODE DIR - verdict in DIR/verdict; the reasons of a failure in DIR/red.
case_run() {
    local case_kernel=$2 mode=$3 case_dir=$4
    local case_machine='' case_image=normal case_generator='' case_words='' case_built_in=no
    # shellcheck disable=SC2034 # for vm.sh
    local case_stops=no case_sound=yes case_overlay='' case_loader='' vm_processors=1
    local case_modules='' case_qemu=''
    rm -rf "$case_dir"
    mkdir -p "$case_dir"
    # shellcheck source=/dev/null
    . "$1"
    [ ! -e "$case_dir/broken" ] || die "$1: what the case needs is not known (see above)"
    case_boot || die "$1: could not boot the machine"
    facts_load "$case_dir/facts"
    check
    [ "$case_sound" = no ] || sound
    "judge_$mode" >"$case_dir/verdict"
    printf '%s\n' "${red[@]}" >"$case_dir/red"
}

# judge_normal - all that was checked is true, and the guest reached its end (unless it must not).
judge_normal() {
    local end
    end=$(boot_end)
    if [ "$case_stops" != yes ]; then
        if [ "$end" != complete ]; then
            echo "FAIL the boot is $end (qemu: $(cat "$case_dir/qemu")), no token"
            return
        fi
        [[ ${fact[kernel]:-} == "$case_kernel".* ]] || red+=("kernel is ${fact[kernel]:-unknown}")
    fi
    if [ "$checked" -eq 0 ]; then
        echo "FAIL nothing was checked"
    elif [ "${#unknown[@]}" -gt 0 ]; then
        echo "FAIL the guest said nothing about: ${unknown[0]}"
    elif [ "${#red[@]}" -gt 0 ]; then
        echo "FAIL ${red[0]}$([ ${#red[@]} -eq 1 ] || echo " (and $((${#red[@]} - 1)) more)")"
    else
        echo "ok $checked checks"
    fi
}

# judge_control - the same checks on a machine without vfio-early: they must be able to fail.
judge_control() {
    if [ "$(boot_end)" != complete ]; then
        echo "FAIL the control boot is $(boot_end), no token"
    elif [ "${#unknown[@]}" -gt 0 ]; then
        echo "FAIL the guest said nothing about: ${unknown[0]}"
    elif [ "${#red[@]}" -eq 0 ]; then
        echo "FAIL all $checked checks pass without vfio-early"
    elif [ "$claims_red" -ne "$claims_checked" ]; then
        echo "FAIL $((claims_checked - claims_red)) of $claims_checked claims hold without vfio-early"
    else
        echo "ok ${#red[@]} of $checked checks are red without vfio-early, as they must"
    fi
}
