# shellcheck shell=bash disable=SC2154,SC2016 # the variables are shared by all parts, see run; eval
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Cases: the installer on a system whose images the real dracut makes. The chroot is that of the boot tests, with a
# small configuration of dracut; its image is made once and shared by the cases.

dr_module=/usr/lib/dracut/modules.d/50vfio-early
dr_list=/var/lib/vfio-early/dracut.installed

# A machine with the binary, a policy and an image without us.
dr_machine() {
    local lower
    lower=$("$top/tests/boot/chroot.sh" "$suite" dracut) || exit 1
    if [ ! -e "$work/dracut/made" ]; then
        layer dracut "$lower"
        dr_img=/boot/initrd.img-$(cd "$m/lib/modules" && echo *)
        printf '%s\n' hostonly=no 'drivers="virtio_blk ext4"' 'compress="zstd -1"' do_strip=no early_microcode=no \
            >"$m/etc/dracut.conf.d/test.conf"
        install -m 755 "$binary" "$m/usr/local/sbin/vfio-early"
        echo 'claim group=1' >"$m/etc/vfio-early.conf"
        in_machine dracut --quiet --force "$dr_img" "${dr_img#*img-}" >"$work/dracut.log" 2>&1 || cat "$work/dracut.log"
        umount -R "$m"
        touch "$work/dracut/made"
    fi
    layer "$case_name" "$work/dracut/up" "$lower"
}

# dr_holds TEXT - the image has a file of this name. dracut itself lists what is in it.
dr_holds() {
    in_machine lsinitrd "${2:-$dr_img}" >"$work/content" && grep -q 'etc/initrd-release\|usr/lib/initrd-release' "$work/content" &&
        grep -q -- "$1" "$work/content"
}

dr_holds_nothing() {
    dr_holds init && ! grep 'vfio-early' "$work/content"
}

case_dracut_install() {
    dr_machine
    check "the image is not ours yet" dr_holds_nothing
    snapshot before
    check "--dry-run succeeds" status 0 setup install --dry-run
    check "--dry-run names the files" said "would add $dr_module/module-setup.sh"
    snapshot dry
    check "--dry-run changes nothing" no_difference before dry
    check "install succeeds" status 0 setup install
    check "install proves the binary" said "ok    $dr_img: binary is identical to /usr/local/sbin/vfio-early"
    check "install proves the policy" said "ok    $dr_img: policy /etc/vfio-early.conf is identical"
    check "install proves a module" said "ok    $dr_img: module vfio_pci"
    check "install proves the unit" said "ok    $dr_img: unit vfio-early.service is identical"
    check "install proves the order" said "ok    $dr_img: order: sysinit.target starts the unit"
    check "no proof fails" unsaid FAIL
    check "the image holds the binary" dr_holds 'usr/sbin/vfio-early$'
    check "and the modules" dr_holds '/vfio-pci\.ko'
    snapshot after
    check "the installer put files nowhere else" test -z "$(added_files before after | grep -v "^\.$dr_module/\|^\.$dr_list$")"
    check "a second run succeeds" status 0 setup install
    check "and says that nothing was changed" said "nothing was changed"
    snapshot again
    check "and nothing was changed" no_difference after again
    check "uninstall succeeds" status 0 setup uninstall
    check "the image is not ours any more" dr_holds_nothing
    snapshot end
    sed -i '/initrd\.img/d' "$work/before.snap" "$work/end.snap"
    check "files are as before" no_difference before end
}

case_dracut_changes() {
    dr_machine
    setup install
    check "verify succeeds on a fresh image" status 0 setup verify
    echo 'claim group=2' >>"$m/etc/vfio-early.conf"
    check "verify fails when the policy was changed since" status 4 setup verify
    check "and names the file" said "FAIL  $dr_img: policy /etc/vfio-early.conf differs"
    check "rebuild puts it right" status 0 setup rebuild
    echo '# mine' >>"$m$dr_module/vfio-early.sh"
    check "install refuses to overwrite a changed file" status 1 setup install
    check "uninstall keeps it" eval 'setup uninstall; [ -e "$m$dr_module/vfio-early.sh" ]'
    check "and says so" said "kept   $dr_module/vfio-early.sh"
}

# Some versions of dracut remove the image that they cannot write.
case_dracut_failing_rebuild() {
    dr_machine
    echo 'compress=/bin/false' >"$m/etc/dracut.conf.d/zz-broken.conf"
    cp "$m$dr_img" "$work/image.before"
    check "dracut fails" not in_machine dracut --quiet --force /boot/other.img "${dr_img#*img-}"
    check "install fails" status 1 setup install
    check "and says that the previous image is still there" said "the previous image is still in place, unchanged"
    check "which is true" cmp "$work/image.before" "$m$dr_img"
    check "nothing half made is left" test -z "$(find "$m/boot" -name '*vfio-early-new*')"
    check "the proofs still run" said "FAIL  $dr_img: binary is not in the image"
    rm "$m/etc/dracut.conf.d/zz-broken.conf"
    check "the next install succeeds" status 0 setup install
}

# Without systemd in the image a hook runs the claim.
case_dracut_shell() {
    dr_machine
    echo 'omit_dracutmodules+=" systemd systemd-initrd systemd-udevd systemd-tmpfiles systemd-modules-load systemd-journald
        systemd-sysctl systemd-sysusers systemd-ask-password systemd-cryptsetup systemd-battery-check systemd-creds
        systemd-pcrphase systemd-veritysetup systemd-repart dracut-systemd plymouth "' >"$m/etc/dracut.conf.d/zz-shell.conf"
    check "install succeeds" status 0 setup install
    check "install proves the hook" said "ok    $dr_img: hook is identical"
    check "and its place" said "ok    $dr_img: order: 00-vfio-early.sh is the first hook"
    check "and that of the end" said "ok    $dr_img: hook of the end is identical"
    check "which runs before the root is entered" dr_holds 'hooks/pre-pivot/90-vfio-early-wait\.sh'
    check "there is no unit" not dr_holds 'vfio-early.service'
}

# A kernel that has compressed modules and cannot decompress them itself.
case_dracut_plain_modules() {
    dr_machine
    version=${dr_img#*img-}
    sed -i '/^CONFIG_MODULE_DECOMPRESS=/d' "$m/boot/config-$version"
    if [ "$suite" = bookworm ]; then
        in_machine sh -c "find /lib/modules/$version/kernel/drivers/vfio /lib/modules/$version/kernel/virt -name '*.ko' \
            -exec zstd -q --rm {} + && depmod $version"
    elif ! in_machine sh -c 'command -v xz' >"$work/last.out"; then
        check "without the tool xz, verify fails" eval '! setup install && said "is compressed and Linux"'
        cp "$tree/usr/bin/busybox" "$m/usr/bin/xz"
    fi
    check "install succeeds" status 0 setup install
    check "and proves the module" said "ok    $dr_img: module vfio_pci"
    mkdir "$m/var/tmp/x"
    in_machine sh -c "cd /var/tmp/x && lsinitrd --unpack $dr_img" >"$work/last.out" 2>&1
    check "vfio-pci is there uncompressed" eval 'find "$m/var/tmp/x/" -name vfio-pci.ko -size +4k | grep .'
    check "and only so" test -z "$(find "$m/var/tmp/x/" -name 'vfio*.ko.*')"
    check "and depmod prefers that one" grep -rq '^[^:]*/vfio-pci\.ko:' "$m/var/tmp/x/usr/lib/modules/$version/modules.dep"
    version=$(cd "$tree/lib/modules" && echo *)
}

# The image where kernel-install puts it, beside the kernel of a boot loader's entry.
case_dracut_kernel_install() {
    dr_machine
    local dir=/boot/0123456789abcdef0123456789abcdef/${dr_img#*img-}
    mkdir -p "$m$dir" "$m/boot/loader/entries"
    mv "$m$dr_img" "$m$dir/initrd"
    check "install finds the image and rebuilds it" status 0 setup install
    check "and proves it" said "ok    $dir/initrd: binary is identical"
    check "and no other" unsaid "ok    $dr_img"
    check "it holds the binary" dr_holds 'usr/sbin/vfio-early$' "$dir/initrd"
}

# Which generator it is that builds the images.
case_dracut_or_initramfs_tools() {
    dr_machine
    mkdir -p "$m/usr/share/initramfs-tools/hooks"
    printf '#!/bin/sh\nexit 1\n' >"$m/usr/sbin/mkinitramfs"
    chmod 755 "$m/usr/sbin/mkinitramfs"
    check "initramfs-tools-core beside dracut: dracut it is" eval 'setup install --dry-run && said "would add $dr_module/"'
    check "and only dracut" unsaid initramfs-tools
    chmod 644 "$m/etc/kernel/postinst.d/dracut"
    mkdir -p "$m/etc/kernel/install.d"
    check "no kernel calls dracut: initramfs-tools it is" eval 'setup install --dry-run --no-rebuild; said "would add /etc/initramfs-tools/"'
    echo initrd_generator=dracut >"$m/etc/kernel/install.conf"
    # dracut of bookworm has no such plugin.
    [ -e "$m/usr/lib/kernel/install.d/50-dracut.install" ] || echo '#!/bin/sh' >"$m/usr/lib/kernel/install.d/50-dracut.install"
    check "kernel-install names dracut: dracut it is" eval 'setup install --dry-run && said "would add $dr_module/"'
    check "and only dracut" unsaid initramfs-tools
}
