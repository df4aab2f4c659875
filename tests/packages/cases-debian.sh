# shellcheck shell=bash disable=SC2154,SC2034,SC2153,SC2016 # shared variables, see run; eval
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The Debian package: built, installed on a system with two kernels, used, booted, removed. Needs run, and the
# machines of tests/hooks/lib.sh.

deb_build() {
    installers/packages/build.sh deb "$VERSION" "$kmod" && cp build/packages/vfio-early_*.deb "$1"
}

# Where they differ: the files in which they do. (Somebody may be working in the tree.)
deb_same() {
    deb_build "$work/two.deb" && cmp "$work/one.deb" "$work/two.deb" && return
    dpkg-deb -R "$work/one.deb" "$work/one" && dpkg-deb -R "$work/two.deb" "$work/two" && diff -r "$work/one" "$work/two"
    return 1
}

# A system with the images of two kernels, made without us. The older one is the same kernel by another name.
deb_machine() {
    tree=$("$top/tests/boot/chroot.sh" "$debian") || exit 1
    layer "$case_name" "$tree"
    version=$(cd "$m/lib/modules" && echo *)
    older=1.0-older img=/boot/initrd.img-$version
    ln -s "$version" "$m/lib/modules/$older"
    ln -s "config-$version" "$m/boot/config-$older"
    sed -i 's/^MODULES=.*/MODULES=list/; s/^COMPRESS=.*/COMPRESS=zstd/' "$m/etc/initramfs-tools/initramfs.conf"
    echo COMPRESSLEVEL=1 >>"$m/etc/initramfs-tools/initramfs.conf"
    printf '%s\n' bochs snd_hda_intel snd_hda_codec_generic xhci_pci virtio_pci virtio_blk ext4 \
        >>"$m/etc/initramfs-tools/modules"
    echo 'claim id=1234:1111 device=0000:01:00.0 name=guest' >"$m/etc/vfio-early.conf"
    run in_machine update-initramfs -c -k "$older" && run in_machine update-initramfs -c -k "$version"
}

# In the image: the program, the policy, the modules, and us before udev.
holds_all() {
    unpack "$1" && cmp "$work/image/usr/sbin/vfio-early" "$m/usr/lib/vfio-early/vfio-early" &&
        cmp "$work/image/etc/vfio-early.conf" "$m/etc/vfio-early.conf" &&
        in_order 00-vfio-early udev && (version=${1#*img-} && has_module vfio-pci)
}

holds_nothing() {
    unpack "$1" && [ -e "$work/image/init" ] &&
        ! find "$work/image" -name '*vfio-early*' | grep -v '/etc/vfio-early.conf$' | grep .
}

# Everything but the images, the lists of dpkg and the logs.
deb_snapshot() {
    (cd "$m" && find . -xdev \( -path ./proc -o -path ./tmp -o -path ./var/log -o -path ./boot \
        -o -path './var/lib/dpkg/*' -o -path './var/lib/initramfs-tools/*' \) -prune -o -printf '%p %y %m %s %l\n' |
        grep -v ' d ' | LC_ALL=C sort) >"$work/$1.snap"
}

case_deb_build() {
    check 'the package is built' deb_build "$work/one.deb"
    check 'the same bytes again' deb_same
    check 'it has the version of the Makefile' test "$(dpkg-deb -f "$work/one.deb" Version)" = "$VERSION"
    if command -v lintian >/dev/null; then
        check 'lintian finds no error' lintian --allow-root --fail-on error "$work/one.deb"
    else
        skip lintian 'the Debian package lintian is not installed'
    fi
}

case_deb_install() {
    [ -e "$work/one.deb" ] || run deb_build "$work/one.deb"
    check 'a system with two kernels' deb_machine
    deb_snapshot before
    cp "$work/one.deb" "$m/var/tmp/"
    check 'the package installs' run in_machine dpkg -i /var/tmp/one.deb
    rm "$m/var/tmp/one.deb"
    check 'through the trigger' said 'Processing triggers for initramfs-tools'
    check 'no warning' not grep -E '^W:|error' "$work/last.out"
    check 'the image holds everything' holds_all "$img"
    check 'the image of the older kernel too' holds_all "/boot/initrd.img-$older"
    check 'verify proves it' run in_machine vfio-early-setup verify
    check 'also from outside' setup verify
    check 'the setup has nothing to do' eval 'run in_machine vfio-early-setup install && said "nothing was changed"'
    check 'and puts nothing into /etc' not ls "$m/etc/initramfs-tools/scripts/init-top/00-vfio-early"
    check 'nor takes away what is not its own' eval 'run in_machine vfio-early-setup uninstall && holds_all "$img"'
    cp module/rebuild-image "$m/var/tmp/"
    check 'what DKMS calls rebuilds the image' eval 'run in_machine sh /var/tmp/rebuild-image "$version" && said "build $img"'
    rm "$m/var/tmp/rebuild-image"
    echo '# changed' >>"$m/etc/vfio-early.conf"
    check 'a changed policy: verify fails' not run in_machine vfio-early-setup verify
    check 'and says why' said 'differs from /etc/vfio-early.conf'
    check 'and the setup puts it right' eval 'run in_machine vfio-early-setup install && holds_all "$img"'
    [ -z "$boot" ] || deb_boot
    deb_removal
}

deb_removal() {
    sed -i '$d' "$m/etc/vfio-early.conf"
    check 'the package is removed' run in_machine dpkg --purge vfio-early
    check 'through the trigger' said 'Processing triggers for initramfs-tools'
    check 'the image holds nothing of it' holds_nothing "$img"
    check 'nor does that of the older kernel' holds_nothing "/boot/initrd.img-$older"
    deb_snapshot after
    check 'no trace is left' no_difference before after
    drop_machine || echo 'cannot unmount the machine' >&2
}

# The same on a system whose images dracut makes.
case_deb_dracut() {
    [ -e "$work/one.deb" ] || run deb_build "$work/one.deb"
    tree=$("$top/tests/boot/chroot.sh" "$debian" dracut) || exit 1
    layer "$case_name" "$tree"
    version=$(cd "$m/lib/modules" && echo *)
    img=/boot/initrd.img-$version
    printf '%s\n' hostonly=no 'drivers="virtio_blk ext4"' 'compress="zstd -1"' do_strip=no early_microcode=no \
        >"$m/etc/dracut.conf.d/test.conf"
    echo 'claim group=1' >"$m/etc/vfio-early.conf"
    cp "$work/one.deb" "$m/var/tmp/"
    check 'the package installs' run in_machine dpkg -i /var/tmp/one.deb
    check 'through the trigger' said 'Processing triggers for dracut'
    check 'verify proves the image' run in_machine vfio-early-setup verify
    check 'the setup has nothing to do' eval 'run in_machine vfio-early-setup install && said "nothing was changed"'
    check 'the package is removed' run in_machine dpkg --purge vfio-early
    check 'there is an image' eval 'in_machine lsinitrd "$img" >"$work/list" && grep -q ext4 "$work/list"'
    check 'it holds nothing of it' not grep vfio-early "$work/list"
    drop_machine || echo 'cannot unmount the machine' >&2
}

# The image that the trigger made, in a machine with a rival driver for the claimed card.
deb_boot() {
    local dir=$top/build/boot/logs/package-deb
    mkdir -p "$dir"
    cp "$m$img" "$dir/image"
    check 'the image boots, and the claim is done' "$here/boot.sh" "$dir" "$(compgen -G "$m/boot/vmlinuz-*")" "$dir/image"
    rm -f "$dir/image"
}
