# shellcheck shell=bash disable=SC2154 # the variables are shared by all parts, see run
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Cases: the overlay archive that vfio-early-setup writes. They read it with cpio, not with our code.
# That the archive works is for the boot tests.

# overlay_made WORD... - writes the archive; it is $work/overlay.
overlay_made() {
    rm -rf "$work/overlay"
    setup overlay --kernel "$version" -o "$work/overlay" "$@"
}

# overlay_opened - unpacks the archive into $work/opened.
overlay_opened() {
    rm -rf "$work/opened"
    mkdir "$work/opened"
    (cd "$work/opened" && cpio -id --quiet <"$work/overlay")
}

# names_of FILE
names_of() {
    cpio -t --quiet <"$1"
}

# The header of every entry: owner, time and mode as cpio shows them.
all_of_root_at_zero() {
    cpio -tvn --quiet <"$work/overlay" | awk '
        $3 != 0 || $4 != 0 || !/Jan  1  1970/ { print; bad = 1 }
        $1 != "drwxr-xr-x" && $1 != "-rw-r--r--" && $1 != "-rwxr-xr-x" { print; bad = 1 }
        END { exit bad || NR < 10 }'
}

# modinfo_knows NAME - the index of the archive finds this module, and the file is there.
modinfo_knows() {
    local file
    file=$(modprobe -d "$work/opened/vfio-early" -S "$version" --show-depends "$1" | awk -v name="$1" \
        '{ n = $2; sub(/.*\//, "", n); sub(/\.ko.*/, "", n); gsub(/-/, "_", n) } n == name { print $2 }') &&
        [ -s "$file" ]
}

case_overlay_content() {
    fresh_machine
    mkdir "$m/etc/vfio-early.d"
    echo 'protect device=0000:00:1f.2' >"$m/etc/vfio-early.d/10 disk.conf"
    echo 'options vfio-pci disable_idle_d3=1' >"$m/etc/modprobe.d/vfio-test.conf"
    mkdir -p "$m/usr/local/lib/modprobe.d"
    echo 'options vfio-pci disable_idle_d3=0' >"$m/usr/local/lib/modprobe.d/vfio-test.conf"
    ln -s /dev/null "$m/etc/modprobe.d/masked.conf"
    check "the archive is written" status 0 overlay_made
    check "and it says what starts it" said "rdinit=/vfio-early/init"
    check "one top directory, and nothing beside it" test "$(names_of "$work/overlay" | cut -d/ -f1 | sort -u)" = vfio-early
    check "a directory comes before what is in it" dirs_first
    check "no entry is a link or a device, all of root, time 0" all_of_root_at_zero
    check "the size is a multiple of 4" test $(($(stat -c %s "$work/overlay") % 4)) -eq 0
    overlay_opened
    check "the binary is the first process" cmp "$m/usr/local/sbin/vfio-early" "$work/opened/vfio-early/init"
    check "and executable" test -x "$work/opened/vfio-early/init"
    check "the policy" cmp "$m/etc/vfio-early.conf" "$work/opened/vfio-early/etc/vfio-early.conf"
    check "a drop-in with a space in its name" cmp "$m/etc/vfio-early.d/10 disk.conf" \
        "$work/opened/vfio-early/etc/vfio-early.d/10 disk.conf"
    check "of two modprobe.d files of one name, that of /etc" cmp "$m/etc/modprobe.d/vfio-test.conf" \
        "$work/opened/vfio-early/etc/modprobe.d/vfio-test.conf"
    check "one that is turned off stays so" test ! -s "$work/opened/vfio-early/etc/modprobe.d/masked.conf"
    check "exactly the modules of the manifest" diff <(overlay_modules) <(manifest_modules)
    for name in vfio_iommu_type1 vfio_pci irqbypass; do
        check "the index knows $name" modinfo_knows $name
    done
    check "and what is built into the kernel" builtin_known
    check "nothing stays behind in /var/tmp" test -z "$(ls -A "$m/var/tmp")"
}

dirs_first() {
    names_of "$work/overlay" | awk '{ seen[$0] = 1; up = $0 } sub(/\/[^\/]*$/, "", up) && !seen[up] { print; bad = 1 } END { exit bad }'
}

overlay_modules() {
    (cd "$work/opened/vfio-early/lib/modules/$version" && find . -name '*.ko*') | sed 's/.*\///; s/\.ko.*//; s/-/_/g' | sort
}

manifest_modules() {
    in_machine vfio-early manifest --kernel "$version" | sed -n 's/^module //p' | sed 's/-/_/g' | sort
}

# The first module of the kernel's own list of what is built in.
builtin_known() {
    local name
    name=$(sed -n '1s/.*\///; 1s/\.ko.*//p' "$m/lib/modules/$version/modules.builtin" | tr - _)
    modprobe -d "$work/opened/vfio-early" -S "$version" --show-depends "$name" | grep "^builtin $name"
}

case_overlay_reproducible() {
    fresh_machine
    overlay_made
    mv "$work/overlay" "$work/first"
    # Another file system, another umask, other times, another order in the directories.
    mount -t tmpfs tmpfs "$m/var/tmp"
    touch -d 2001-01-01 "$m/etc/vfio-early.conf" "$m/usr/local/sbin/vfio-early"
    (umask 077 && overlay_made)
    umount "$m/var/tmp"
    check "two archives are identical" cmp "$work/first" "$work/overlay"
    for form in gzip zstd; do
        overlay_made --compress $form
        mv "$work/overlay" "$work/packed"
        overlay_made --compress $form
        check "two $form archives are identical" cmp "$work/packed" "$work/overlay"
        check "and hold the same" cmp "$work/first" <($form -dc <"$work/packed")
    done
    echo '# changed' >>"$m/etc/vfio-early.conf"
    overlay_made
    check "another policy gives another archive" not cmp -s "$work/first" "$work/overlay"
}

case_overlay_errors() {
    fresh_machine
    check "no --kernel" status 2 setup overlay -o "$work/overlay"
    check "no -o" status 2 setup overlay --kernel "$version"
    check "a way of compressing that we do not know" status 2 overlay_made --compress lzma
    check "and it is named" said "lzma"
    check "a kernel that is a path" status 2 setup overlay --kernel ../x -o "$work/overlay"
    check "-o without overlay" status 2 setup verify -o "$work/overlay"
    check "a kernel that is not installed" status 5 setup overlay --kernel 1.2.3-none -o "$work/overlay"
    check "and it is named" said "no Linux 1.2.3-none"
    check "no directory for the archive" status 5 setup overlay --kernel "$version" -o "$work/none/overlay"
    rm -r "$m/lib/modules/$version/kernel/drivers/vfio"
    in_machine depmod "$version"
    check "a kernel without VFIO modules" status 1 overlay_made
    check "and it is said" said "vfio-early manifest --kernel $version: exit status 5"
    mv "$m/usr/local/sbin/vfio-early" "$m/usr/local/sbin/away"
    check "no vfio-early" status 5 overlay_made
    check "and where it was looked for" said "no vfio-early in /usr/local/sbin"
    rm "$m/sbin/depmod"
    check "no depmod" status 5 overlay_made
    check "and it is named" said "depmod"
    check "no archive was written in any of these" test ! -e "$work/overlay"
    check "nothing stays behind" test -z "$(ls -A "$m/var/tmp")"
}

case_overlay_no_policy() {
    fresh_machine
    rm "$m/etc/vfio-early.conf"
    check "without a policy file the archive is written" status 0 overlay_made
    check "and it is said that only the command line counts" said "no policy file"
    overlay_opened
    check "and it holds none" test ! -e "$work/opened/vfio-early/etc/vfio-early.conf"
}

# A kernel that has compressed modules and cannot decompress them, or that does not say.
case_overlay_plain_modules() {
    fresh_machine
    [ "$suite" != bookworm ] || in_machine sh -c "find /lib/modules/$version/kernel/drivers/vfio \
        /lib/modules/$version/kernel/virt -name '*.ko' -exec zstd -q --rm {} + && depmod $version"
    [ -e "$m/usr/bin/xz" ] || ln -s busybox "$m/usr/bin/xz"
    sed -i '/^CONFIG_MODULE_DECOMPRESS=/d' "$m/boot/config-$version"
    check "the archive is written" status 0 overlay_made
    overlay_opened
    check "no module in it is compressed" test -z "$(find "$work/opened" -name '*.ko.*')"
    check "exactly the modules of the manifest" diff <(overlay_modules) <(manifest_modules)
    check "the index knows them" modinfo_knows vfio_pci
    rm "$m/boot/config-$version"
    check "without the kernel's configuration too" status 0 overlay_made
    overlay_opened
    check "no module in it is compressed" test -z "$(find "$work/opened" -name '*.ko.*')"
    rm "$m/usr/bin/xz" "$m/usr/bin/zstd"
    check "without the tool" status 1 overlay_made
    check "the reason is said" said "cannot decompress"
    check "and no archive is written" test ! -e "$work/overlay"
}
