# shellcheck shell=bash disable=SC2154,SC2016 # the variables are shared by all parts, see run; eval
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Cases: mkosi-initrd. What the installer places for it, and what its last script does to the tree that becomes an
# image. mkosi itself runs in tests/boot and tests/packages, as it needs a network or a cache of packages.

ko_dir=/etc/mkosi-initrd/mkosi.conf.d/50-vfio-early

# A system whose kernels kernel-install gives to mkosi-initrd, and to nobody else.
ko_machine() {
    fresh_machine
    rm -f "$m$img" "$m/etc/kernel/postinst.d/initramfs-tools"
    printf '#!/bin/sh\nexit 1\n' >"$m/usr/bin/mkosi-initrd"
    chmod 755 "$m/usr/bin/mkosi-initrd"
    mkdir -p "$m/etc/kernel"
    echo initrd_generator=mkosi-initrd >"$m/etc/kernel/install.conf"
}

case_mkosi_setup() {
    ko_machine
    snapshot before
    check "--dry-run names the files" eval 'setup install --dry-run --no-rebuild && said "would add $ko_dir/mkosi.finalize"'
    snapshot dry
    check "--dry-run changes nothing" no_difference before dry
    check "install places them" status 0 setup install --no-rebuild
    check "the script can be executed" test -x "$m$ko_dir/mkosi.finalize"
    for unit in "$top"/hooks/systemd/*; do
        check "${unit##*/}" cmp "$unit" "$m$ko_dir/mkosi.extra/usr/lib/systemd/system/${unit##*/}"
    done
    snapshot after
    check "a second run changes nothing" eval 'setup install --no-rebuild && snapshot again && no_difference after again'
    check "uninstall succeeds" status 0 setup uninstall --no-rebuild
    snapshot gone
    check "files are as before" no_difference before gone
    check "and folders" not test -e "$m/etc/mkosi-initrd"
    echo initrd_generator=none >"$m/etc/kernel/install.conf"
    check "where kernel-install names another one, there is no generator" status 5 setup install
}

case_mkosi_failing() {
    ko_machine
    local path=/boot/efi/token/$version/initrd
    mkdir -p "$m${path%/*}"
    echo old >"$m$path"
    check "a rebuild that fails" status 1 setup install
    check "leaves the image, and says so" said "rebuilding $path failed: the previous image is still in place, unchanged"
    check "which is true" grep -qx old "$m$path"
}

# ko_tree [LINE...] - the tree as mkosi has it at the end: modules that it does not know are gone, the policy is there
# with these lines more, and the users and groups of the system, as mkosi.conf.d asks for.
ko_tree() {
    local to=$m/var/tmp/tree
    rm -rf "$to"
    mkdir -p "$to/usr/lib/modules/$version" "$to/usr/sbin" "$to/etc" "$to/usr/lib/systemd/system"
    ln -s usr/lib "$to/lib"
    cp "$m/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} "$to/usr/lib/modules/$version/"
    { cat "$m/etc/vfio-early.conf" && printf '%s\n' "$@"; } >"$to/etc/vfio-early.conf"
    mkdir -p "$to/vfio-early/etc"
    sed 's/^games:x:5:/games:x:4711:/' "$m/etc/passwd" >"$to/vfio-early/etc/passwd"
    cp "$m/etc/group" "$to/vfio-early/etc/"
    in_machine env BUILDROOT=/var/tmp/tree $ko_dir/mkosi.finalize >"$work/last.out" 2>&1
}

ko_has() {
    find "$m/var/tmp/tree/usr/lib/modules/$version/" -name "$1" | grep .
}

ko_lists() {
    grep -qx "$1" "$m/var/tmp/tree/etc/vfio-early.manifest"
}

case_mkosi_script() {
    ko_machine
    local file
    file=$(find "$m/lib/modules/$version/kernel" -name 'vfio-pci.ko*' -printf '%f')
    setup install --no-rebuild
    if [ "$file" != vfio-pci.ko ]; then
        check "without the tool, no failure" ko_tree
        check "it is said" said "W: vfio-early: cannot decompress module vfio_pci: this kernel may not load it at boot"
        check "the module goes in as it is" ko_has "$file"
        ln -s busybox "$m/usr/bin/xz"
    fi
    check "the script runs" ko_tree
    check "and has nothing to say" test ! -s "$work/last.out"
    check "the program is in the tree" cmp "$m/usr/local/sbin/vfio-early" "$m/var/tmp/tree/usr/sbin/vfio-early"
    check "the unit is wanted" test -L "$m/var/tmp/tree/usr/lib/systemd/system/sysinit.target.wants/vfio-early.service"
    check "the modules are there, not compressed" eval 'ko_has vfio-pci.ko && ko_has vfio_iommu_type1.ko'
    check "and in the index" grep -q '/vfio-pci.ko:' "$m/var/tmp/tree/usr/lib/modules/$version/modules.dep"
    check "it asks with the policy and the names that it got" ko_tree 'kvmfr size=64M owner=games group=video'
    check "so the list has the numbers" eval 'ko_lists "user games 4711" && ko_lists "group video 44"'
    check "of which nothing else stays in the image" not test -e "$m/var/tmp/tree/vfio-early"
    echo CONFIG_MODULE_DECOMPRESS=y >"$m/usr/lib/modules/$version/config"
    check "a kernel that decompresses modules" ko_tree
    check "gets them as they are" ko_has "$file"
    rm -r "$m/lib/modules/$version/kernel/drivers/vfio"
    in_machine depmod "$version"
    check "a kernel without them: no failure" ko_tree
    check "and it is said" said "W: vfio-early: vfio-early manifest: exit status"
    rm "$m/usr/local/sbin/vfio-early"
    check "without the program: no failure" ko_tree
    check "and it is said" said "no vfio-early in /usr/local/sbin or /usr/sbin: no claim at boot"
}
