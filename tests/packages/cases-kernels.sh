# shellcheck shell=bash disable=SC2154,SC2034,SC2153,SC2016 # shared variables, see run; eval
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A second kernel comes and goes, by the means of the distribution: real packages of Debian, by dpkg; kernel-install
# with its own plugins, for boot loader entries and for unified kernel images. Nothing of ours is called for it.

# kernel_deb - sets deb to a package of the release's smallest other kernel. Fetched once, by the machine's own apt.
kernel_deb() {
    local dir=${VFIO_EARLY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vfio-early}/kernels/$debian valid=true proxy='' name
    deb=$(compgen -G "$dir/*.deb" | head -n1)
    [ -z "$deb" ] || return 0
    eval "$(apt-config shell valid Acquire::Check-Valid-Until proxy Acquire::http::Proxy)"
    cp /etc/resolv.conf "$m/etc/resolv.conf"
    set -- apt-get -q -o APT::Sandbox::User=root -o Acquire::Check-Valid-Until="$valid" ${proxy:+-o Acquire::http::Proxy="$proxy"}
    in_machine "$@" update || return 1
    name=$(in_machine apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: *\(linux-image-[0-9]\)/\1/p' | head -n1)
    mkdir -p "$dir" "$m/var/tmp/new"
    in_machine sh -ec 'cd /var/tmp/new; shift; "$@"' sh "" "$@" download "${name:?}" || return 1
    mv "$m"/var/tmp/new/*.deb "$dir/"
    deb=$(compgen -G "$dir/*.deb" | head -n1)
}

# kernel_machine [GENERATOR] - a system of one kernel with our package, and a second kernel's at hand.
kernel_machine() {
    [ -e "$work/one.deb" ] || run deb_build "$work/one.deb"
    tree=$("$top/tests/boot/chroot.sh" "$debian" "$@") || exit 1
    layer "$case_name" "$tree"
    version=$(cd "$m/lib/modules" && echo *)
    echo 'claim group=1' >"$m/etc/vfio-early.conf"
    if [ -d "$m/etc/dracut.conf.d" ]; then
        printf '%s\n' hostonly=no 'drivers="virtio_blk ext4"' 'compress="zstd -1"' do_strip=no early_microcode=no \
            >"$m/etc/dracut.conf.d/test.conf"
    else
        sed -i 's/^MODULES=.*/MODULES=list/; s/^COMPRESS=.*/COMPRESS=zstd/' "$m/etc/initramfs-tools/initramfs.conf"
    fi
    check 'a package with another kernel' kernel_deb
    cp "$work/one.deb" "$m/var/tmp/"
    check 'our package is installed' run in_machine dpkg -i /var/tmp/one.deb
    rm "$m/var/tmp/one.deb"
}

# The new kernel is installed, used and removed as any package.
kernel_comes_and_goes() {
    local new
    new=$(dpkg-deb -f "$deb" Package) && new=${new#linux-image-}
    check 'it is another one' not test -d "$m/lib/modules/$new"
    cp "$deb" "$m/var/tmp/kernel.deb"
    check 'dpkg installs it' run in_machine env DEBIAN_FRONTEND=noninteractive dpkg -i /var/tmp/kernel.deb
    rm "$m/var/tmp/kernel.deb"
    check 'its image is proven' eval 'run in_machine vfio-early-setup verify && said "ok    /boot/initrd.img-$new: binary is identical"'
    check 'with the modules of that kernel' said "ok    /boot/initrd.img-$new: module vfio_pci"
    check 'and its policy' said "ok    /boot/initrd.img-$new: policy /etc/vfio-early.conf is identical"
    check 'and the order' said "ok    /boot/initrd.img-$new: order:"
    echo 'claim group=2' >>"$m/etc/vfio-early.conf"
    check 'a changed policy: both images are old' not run in_machine vfio-early-setup verify
    check 'this one' said "FAIL  /boot/initrd.img-$new: policy"
    check 'rebuild puts it right' run in_machine vfio-early-setup rebuild
    check 'this one' said "ok    /boot/initrd.img-$new: policy /etc/vfio-early.conf is identical"
    check 'dpkg removes the kernel' run in_machine env DEBIAN_FRONTEND=noninteractive dpkg --purge "linux-image-$new"
    check 'its image is gone' not test -e "$m/boot/initrd.img-$new"
    check 'nothing asks for it' eval 'run in_machine vfio-early-setup verify; unsaid "$new"'
}

case_kernel_initramfs_tools() {
    kernel_machine
    run in_machine update-initramfs -c -k "$version"
    kernel_comes_and_goes
    drop_machine || echo 'cannot unmount the machine' >&2
}

case_kernel_dracut() {
    kernel_machine dracut
    kernel_comes_and_goes
    drop_machine || echo 'cannot unmount the machine' >&2
}

# entry_machine DEBIAN GENERATOR LINE... - a system without images whose kernels kernel-install puts into boot loader
# entries; the LINEs are its configuration.
entry_machine() {
    local debian=$1
    tree=$("$top/tests/boot/chroot.sh" "$debian" "$2") || exit 1
    shift 2
    layer "$case_name" "$tree"
    version=$(cd "$m/lib/modules" && echo *)
    rm -f "$m"/boot/initrd.img-*
    token=0123456789abcdef0123456789abcdef
    echo $token >"$m/etc/machine-id"
    mkdir -p "$m/boot/loader/entries" "$m/etc/kernel"
    printf '%s\n' "$@" >"$m/etc/kernel/install.conf"
    echo 'root=/dev/vda' >"$m/etc/kernel/cmdline"
    echo 'claim group=1' >"$m/etc/vfio-early.conf"
    installers/files.sh install "$m" /usr
    check 'the hooks are installed' run in_machine vfio-early-setup install --no-rebuild
}

# by_kernel_install COMMAND... - comes, with an older policy, and goes. What runs it is in COMMAND.
by_kernel_install() {
    local image=/boot/$token/$version/initrd entry=$m/boot/loader/entries/$token-$version.conf
    check 'kernel-install adds the kernel' run "$@" kernel-install add "$version" "/boot/vmlinuz-$version"
    check 'there is an entry' grep -q "^initrd .*/$version/initrd" "$entry"
    check 'its image is proven' eval 'run in_machine vfio-early-setup verify && said "ok    $image: binary is identical"'
    check 'with its modules' said "ok    $image: module vfio_pci"
    check 'and the order' said "ok    $image: order:"
    echo 'claim group=2' >>"$m/etc/vfio-early.conf"
    check 'a changed policy: the image is old' not run in_machine vfio-early-setup verify
    check 'and named' said "FAIL  $image: policy"
    check 'kernel-install adds the kernel again' run "$@" kernel-install add "$version" "/boot/vmlinuz-$version"
    check 'its image is proven' eval 'run in_machine vfio-early-setup verify && said "ok    $image: policy"'
    check 'kernel-install removes the kernel' run "$@" kernel-install remove "$version"
    check 'the image is gone' not test -e "$m$image"
    check 'and the entry' not test -e "$entry"
}

case_kernel_install_dracut() {
    entry_machine trixie dracut layout=bls
    printf '%s\n' hostonly=no 'drivers="virtio_blk ext4"' 'compress="zstd -1"' do_strip=no early_microcode=no \
        >"$m/etc/dracut.conf.d/test.conf"
    by_kernel_install in_machine
    drop_machine || echo 'cannot unmount the machine' >&2
}

# As a real system has it: no chroot, as mkosi refuses that. --generic, as this machine's kernel is not the image's.
case_kernel_install_mkosi() {
    entry_machine sid mkosi layout=bls initrd_generator=mkosi-initrd
    printf '#!/bin/sh\nexec /usr/bin/mkosi-initrd --generic "$@"\n' >"$m/usr/local/bin/mkosi-initrd"
    chmod 755 "$m/usr/local/bin/mkosi-initrd"
    by_kernel_install "$top/tests/boot/pivot.sh" "$m" unshare --net \
        env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    drop_machine || echo 'cannot unmount the machine' >&2
}
