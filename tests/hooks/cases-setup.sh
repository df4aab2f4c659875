# shellcheck shell=bash disable=SC2154 # the variables are shared by all parts, see run
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Cases: what the installer does to a system, and what it says when a proof fails.

hook=/etc/initramfs-tools/hooks/vfio-early
script=/etc/initramfs-tools/scripts/init-top/00-vfio-early
last=/etc/initramfs-tools/scripts/init-bottom/00-vfio-early
list=/var/lib/vfio-early/initramfs-tools.installed

case_install() {
    fresh_machine
    snapshot before
    check "--dry-run succeeds" status 0 setup install --dry-run
    check "--dry-run names the files" said "would add $hook"
    snapshot dry
    check "--dry-run changes nothing" no_difference before dry
    check "install succeeds" status 0 setup install
    check "install proves the binary" said "ok    $img: binary is identical to /usr/local/sbin/vfio-early"
    check "install proves the policy" said "ok    $img: policy /etc/vfio-early.conf is identical"
    check "install proves a module" said "ok    $img: module vfio_pci"
    check "install proves the order" said "ok    $img: order: 00-vfio-early runs before udev"
    check "also that of the end" said "ok    $img: order: 00-vfio-early waits before udev moves /dev"
    check "no proof fails" unsaid FAIL
    snapshot after
    check "exactly these files are new" test "$(added_files before after | tr '\n' ' ')" = \
        ".$hook .$last .$script .$list "
    for file in "$hook" "$script" "$last"; do
        check "${file#/etc/initramfs-tools/} can be executed" test -x "$m$file"
    done
    check "a second run succeeds" status 0 setup install
    check "and says that nothing was changed" said "nothing was changed"
    snapshot again
    check "and nothing was changed" no_difference after again
}

case_uninstall() {
    fresh_machine
    rm -r "$m"/etc/initramfs-tools/scripts/init-{top,bottom}
    in_machine touch "$img"
    snapshot before
    find "$m/etc" "$m/var/lib" -type d | LC_ALL=C sort >"$work/dirs.before"
    setup install
    check "--dry-run succeeds" status 0 setup uninstall --dry-run
    check "--dry-run removes nothing" test -e "$m$hook"
    check "uninstall succeeds" status 0 setup uninstall
    find "$m/etc" "$m/var/lib" -type d | LC_ALL=C sort >"$work/dirs.after"
    check "directories are as before" diff "$work/dirs.before" "$work/dirs.after"
    snapshot after
    sed -i '/initrd\.img/d' "$work/before.snap" "$work/after.snap"
    check "files are as before" no_difference before after
    unpack
    check "the image holds no binary" not test -e "$work/image/usr/sbin/vfio-early"
    check "the image holds no script" not compgen -G "$work/image/scripts/*/00-vfio-early"
    check "a second uninstall succeeds" status 0 setup uninstall
    check "and says that nothing is installed" said "nothing is installed"
}

case_changed_by_user() {
    installed_machine
    echo '# mine' >>"$m$hook"
    check "install refuses to overwrite a changed file" status 1 setup install
    check "and names it" said "$hook exists and is not as we made it"
    check "uninstall succeeds" status 0 setup uninstall
    check "uninstall keeps the changed file" grep -q '# mine' "$m$hook"
    check "and names it" said "kept   $hook"
    check "uninstall removes the others" not compgen -G "$m/etc/initramfs-tools/scripts/init-*/00-vfio-early"
    check "the list is gone" not test -e "$m$list"
}

case_foreign_file() {
    fresh_machine
    echo 'not ours' >"$m$hook"
    snapshot before
    check "install refuses" status 1 setup install
    check "and names the file" said "$hook exists and is not as we made it"
    snapshot after
    check "nothing was changed" no_difference before after
    check "uninstall says that nothing is installed" status 0 setup uninstall
    check "and keeps the file" grep -q 'not ours' "$m$hook"
    rm "$m$hook"
    ln -s /etc/hostname "$m$hook"
    check "install does not write through a symbolic link" status 1 setup install
    check "the link is still there" test -L "$m$hook"
}

# A run that was cut off at any point, or a list that was lost, leaves nothing that cannot be mended.
case_partial() {
    installed_machine
    rm "$m$script"
    check "install puts back a file that is gone" status 0 setup install
    check "and only that one" said "same   $hook"
    cp "$m$list" "$work/list"
    rm "$m$hook" "$m$script"
    check "uninstall copes with files that are gone" status 0 setup uninstall
    check "the list is gone" not test -e "$m$list"
    setup install
    rm "$m$list"
    check "install copes with a lost list" status 0 setup install
    check "the list is back" cmp "$work/list" "$m$list"
    rm "$m$list"
    echo half >"$m/etc/initramfs-tools/hooks/.vfio-early.new"
    check "uninstall copes with a lost list" status 0 setup uninstall
    check "the hook is gone" not test -e "$m$hook"
    check "the script is gone" not test -e "$m$script"
    setup install
    check "a file that was half written is gone" not test -e "$m/etc/initramfs-tools/hooks/.vfio-early.new"
}

case_upgrade() {
    fresh_machine
    mkdir -p "$m$(dirname "$list")"
    echo 'exit 0 # an older version' >"$m$hook"
    echo "file $(sha256sum <"$m$hook" | cut -d' ' -f1) $hook" >"$m$list"
    check "install replaces its own older file" status 0 setup install
    check "and says so" said "update $hook"
    check "the new one is there" cmp "$top/hooks/initramfs-tools/hooks/vfio-early" "$m$hook"
    check "the list has it once" test "$(grep -c " $hook\$" "$m$list")" -eq 1
}

case_stale_policy() {
    installed_machine
    check "verify succeeds on a fresh image" status 0 setup verify
    echo 'claim group=2' >>"$m/etc/vfio-early.conf"
    check "verify fails when the policy was changed since" status 4 setup verify
    check "and names the file" said "FAIL  $img: policy /etc/vfio-early.conf differs"
    mkdir "$m/etc/vfio-early.d"
    echo 'claim group=3' >"$m/etc/vfio-early.d/10-x.conf"
    build
    rm "$m/etc/vfio-early.d/10-x.conf"
    check "verify fails when a drop-in was removed since" status 4 setup verify
    check "and names the file" said "FAIL  $img: policy /etc/vfio-early.d/10-x.conf is in the image but no longer"
    check "install rebuilds" status 0 setup install
    check "then verify succeeds" status 0 setup verify
    echo x >>"$m/usr/local/sbin/vfio-early"
    check "verify fails when the binary was changed since" status 4 setup verify
    check "and says so" said "FAIL  $img: binary differs"
}

case_wrong_order() {
    installed_machine
    sed -i 's/prereqs) exit 0/prereqs) echo udev; exit 0/' "$m$script"
    build
    unpack
    check "the image has the wrong order" in_order udev 00-vfio-early
    check "verify fails" status 4 setup verify
    check "and says why" said "FAIL  $img: order: 00-vfio-early does not run before udev"
    rm "$m$script"
    build
    check "verify fails without the script" status 4 setup verify
    check "and says so" said "FAIL  $img: run-time script is not in the image"
    setup install
    sed -i 's/prereqs) exit 0/prereqs) echo udev; exit 0/' "$m$last"
    build
    check "verify fails where the wait comes too late" status 4 setup verify
    check "and says why" said "FAIL  $img: order: 00-vfio-early does not run before udev (scripts/init-bottom/ORDER)"
    rm "$m$last"
    build
    check "verify fails without the wait" status 4 setup verify
    check "and says so" said "FAIL  $img: script of the end is not in the image"
}

# failing_hook COMMAND - somebody else's build hook, which ends like this command.
failing_hook() {
    # shellcheck disable=SC2016
    printf '#!/bin/sh\n[ "$1" != prereqs ] || exit 0\n%s\n' "$1" >"$m/etc/initramfs-tools/hooks/zz-fails"
    chmod 755 "$m/etc/initramfs-tools/hooks/zz-fails"
}

case_failing_rebuild() {
    fresh_machine
    failing_hook 'exit 1'
    sha256sum "$m$img" >"$work/before.sum"
    check "install fails" status 1 setup install
    check "and says that the previous image is still there" said "the previous image is still in place, unchanged"
    check "which is true" sha256sum -c --quiet "$work/before.sum"
    check "nothing half made is left" test -z "$(find "$m/boot" -name '*.new' -o -name '*.dpkg-bak')"
    check "the proofs still run" said "FAIL  $img: binary is not in the image"
    rm "$m/etc/initramfs-tools/hooks/zz-fails"
    check "the next install succeeds" status 0 setup install
    failing_hook 'exit 1'
    check "uninstall fails when it cannot rebuild" status 1 setup uninstall
    check "and says what the image still holds" said "$img still holds vfio-early"
    rm "$m/etc/initramfs-tools/hooks/zz-fails"
    check "the next uninstall finishes the work" status 0 setup uninstall
    unpack
    check "the image holds no binary" not test -e "$work/image/usr/sbin/vfio-early"
    check "the list is gone" not test -e "$m$list"
}

# Two kernels: the image of one cannot be built, that of the other must not stay old.
case_two_kernels() {
    fresh_machine
    ln -s "$version" "$m/lib/modules/1.0-fails"
    for file in vmlinuz config initrd.img; do
        cp "$m/boot/$file-$version" "$m/boot/$file-1.0-fails"
    done
    cp "$m$img" "$m/boot/initrd.img-0.9-gone"
    # shellcheck disable=SC2016
    failing_hook '[ "$version" != 1.0-fails ]'
    check "install fails" status 1 setup install
    check "and names the image that is old" said "rebuilding /boot/initrd.img-1.0-fails failed"
    check "the other is proven" said "ok    $img: binary is identical"
    check "an image without its kernel is named" said "?     /boot/initrd.img-0.9-gone"
}

case_no_image() {
    fresh_machine
    rm "$m$img"
    check "install fails when there is no image" status 1 setup install
    check "and says that nothing is proven" said "nothing is proven"
    check "--no-rebuild places the files" status 0 setup install --no-rebuild
    in_machine mkinitramfs -o /boot/own.img "$version" >"$work/last.out" 2>&1
    check "verify proves an image by name" status 0 setup verify --image /boot/own.img --kernel "$version"
    check "and says so" said "ok    /boot/own.img: module vfio_pci"
    echo garbage >"$m/boot/bad.img"
    check "verify fails on a file that is no image" status 4 setup verify --image /boot/bad.img --kernel "$version"
}

case_refusals() {
    fresh_machine
    snapshot before
    mount --bind "$m/etc" "$m/etc"
    mount -o remount,ro,bind "$m/etc"
    check "read-only /etc is refused" status 5 setup install
    check "with a reason" said "cannot be written"
    check "and a way that works" said "vfio-early-setup overlay"
    umount "$m/etc"
    mkdir -p "$m/ostree/repo"
    check "an ostree system is refused" status 5 setup install
    check "with a reason" said "this is an ostree system"
    check "and the way there" said "rpm-ostree initramfs --enable"
    rm -r "$m/ostree"
    touch "$m/etc/NIXOS"
    check "NixOS is refused" status 5 setup install
    check "and the way there named" said "hooks/nixos/module.nix"
    rm "$m/etc/NIXOS"
    snapshot after
    check "nothing was changed" no_difference before after
    mv "$m/usr/sbin/mkinitramfs" "$m/usr/sbin/mkinitramfs.away"
    check "a system without a generator that we know is refused" status 5 setup install
    check "with a reason" said "no initramfs generator that we know"
    check "no command is a usage error" status 2 setup
    check "an unknown word is a usage error" status 2 setup install --fast
    check "--help succeeds" status 0 setup --help
}

# As a user has it: make install, then the installed program on the running system.
case_installed_layout() {
    fresh_machine
    rm "$m/usr/local/sbin/vfio-early"
    snapshot before
    check "files.sh install" "$top/installers/files.sh" install "$m" /usr/local
    in_machine vfio-early-setup install >"$work/last.out" 2>&1
    check "the installed vfio-early-setup proves an image" said "ok    $img: binary is identical to /usr/local/lib/vfio-early/vfio-early"
    check "without a failure" unsaid FAIL
    in_machine vfio-early-setup verify >"$work/last.out" 2>&1
    check "verify as well" said "0 failed"
    check "files.sh uninstall takes the hooks along" "$top/installers/files.sh" uninstall "$m" /usr/local
    snapshot after
    sed -i '/initrd\.img/d' "$work/before.snap" "$work/after.snap"
    check "files are as before" no_difference before after
}
