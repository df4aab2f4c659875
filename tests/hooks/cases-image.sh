# shellcheck shell=bash disable=SC2154 # the variables are shared by all parts, see run
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Cases: what the build hook puts into an image. They look into the image by themselves and use no
# proof of the installer.

# The files that a boot loads without asking any index, under a name that it tries.
listed_modules_are_there() {
    local file plain dir=$work/image/lib/modules/$version count=0
    while read -r file; do
        count=$((count + 1))
        plain=${file##*/}
        [ -e "$dir/$file" ] || [ -e "$dir/updates/${plain%.xz}" ] || return 1
    done < <(sed -n 's/^load //p' "$work/image/etc/vfio-early.manifest" | tr ' ' '\n')
    [ $count -ge 5 ]
}

case_image_content() {
    installed_machine
    unpack
    check "the binary is the installed one" cmp "$m/usr/local/sbin/vfio-early" "$work/image/usr/sbin/vfio-early"
    check "the binary is executable" test -x "$work/image/usr/sbin/vfio-early"
    check "the policy is the one in /etc" cmp "$m/etc/vfio-early.conf" "$work/image/etc/vfio-early.conf"
    check "the run-time script is ours" cmp "$top/hooks/initramfs-tools/scripts/init-top/00-vfio-early" \
        "$work/image/scripts/init-top/00-vfio-early"
    check "it runs before udev" in_order 00-vfio-early udev
    check "so is that of the end" cmp "$top/hooks/initramfs-tools/scripts/init-bottom/00-vfio-early" \
        "$work/image/scripts/init-bottom/00-vfio-early"
    check "it runs before udev moves /dev" in_order 00-vfio-early udev init-bottom
    check "it runs first" grep -q '^/scripts/init-top/00-vfio-early ' <(head -n1 "$work/image/scripts/init-top/ORDER")
    for name in irqbypass vfio vfio_iommu_type1 vfio-pci-core vfio-pci; do
        check "module $name" has_module "$name"
    done
    if [ "$suite" = bookworm ]; then
        check "module vfio_virqfd, which this kernel still has" has_module vfio_virqfd
    else
        check "no module vfio_virqfd, which this kernel lacks" not has_module vfio_virqfd
    fi
    check "the modules of the list for the boot are there" listed_modules_are_there
    check "the list of the build hook does not stay in the image" not test -e "$work/image/vfio-early.list"
}

case_policy_files() {
    installed_machine
    mkdir "$m/etc/vfio-early.d" "$m/srv/site"
    echo 'protect device=0000:00:1f.2' >"$m/etc/vfio-early.d/10-disk.conf"
    echo 'claim group=15' >"$m/etc/vfio-early.d/20 with space.conf"
    echo 'claim group=16' >"$m/srv/site/policy"
    echo 'claim group=17' >"$m/etc/vfio-early.d/40-not-a-policy.conf.bak"
    ln -s /srv/site/policy "$m/etc/vfio-early.d/30-link.conf"
    echo 'options vfio-pci disable_idle_d3=1' >"$m/etc/modprobe.d/vfio-test.conf"
    check "install notices that the image is older, and rebuilds" status 0 setup install
    unpack
    for name in 10-disk '20 with space'; do
        check "drop-in $name" cmp "$m/etc/vfio-early.d/$name.conf" "$work/image/etc/vfio-early.d/$name.conf"
    done
    check "a drop-in that is a symbolic link" cmp "$m/srv/site/policy" "$work/image/etc/vfio-early.d/30-link.conf"
    check "a file that is no policy stays out" not test -e "$work/image/etc/vfio-early.d/40-not-a-policy.conf.bak"
    check "modprobe.d is in the image" cmp "$m/etc/modprobe.d/vfio-test.conf" \
        "$work/image/etc/modprobe.d/vfio-test.conf"
    rm "$m/etc/vfio-early.conf" "$m"/etc/vfio-early.d/*.conf
    check "without any policy file, install succeeds" status 0 setup install
    check "and says that only the command line counts" said "no policy file"
    unpack
    check "and the image has none" not test -e "$work/image/etc/vfio-early.conf"
}

case_reproducible() {
    installed_machine
    for number in 1 2; do
        in_machine SOURCE_DATE_EPOCH=1700000000 mkinitramfs -o "/boot/r$number" "$version" >>"$work/last.out" 2>&1
    done
    check "two builds are identical" cmp "$m/boot/r1" "$m/boot/r2"
}

case_missing_binary() {
    installed_machine
    rm "$m/usr/local/sbin/vfio-early"
    check "the image is built all the same" build
    check "with a warning" said "W: vfio-early: no vfio-early in"
    check "that names the kernel" said "$version"
    check "verify fails" status 4 setup verify
    check "and says that the binary is not there" said "FAIL"
    check "install refuses" status 5 setup install
}

# A stand-in that adds lines to what the real binary says.
wrap_binary() {
    mv "$m/usr/local/sbin/vfio-early" "$m/usr/local/sbin/real"
    printf '#!/bin/sh\n/usr/local/sbin/real "$@"\n%s\n' "$1" >"$m/usr/local/sbin/vfio-early"
    chmod 755 "$m/usr/local/sbin/vfio-early"
}

case_missing_module() {
    installed_machine
    wrap_binary "echo module no-such-module"
    check "a module that this kernel lacks does not stop the build" build
    check "but gives a warning" said "W: vfio-early: this kernel has no module no-such-module"
    check "verify fails" status 4 setup verify
    check "and names the module" said "module no-such-module is not in the image"
    check "the others are still there" said ": module vfio_pci"
}

case_failing_manifest() {
    installed_machine
    wrap_binary "exit 3"
    check "a manifest that fails does not stop the build" build
    check "but gives a warning" said "W: vfio-early: vfio-early manifest: exit status 3"
    check "verify fails" status 4 setup verify
    check "and says why" said "exit status 3"
    unpack
    check "what was listed is in the image" has_module vfio-pci
}

# A kernel that has compressed modules and cannot decompress them itself.
case_plain_modules() {
    installed_machine
    sed -i '/^CONFIG_MODULE_DECOMPRESS=/d' "$m/boot/config-$version"
    if [ "$suite" = bookworm ]; then
        in_machine sh -c "find /lib/modules/$version/kernel/drivers/vfio /lib/modules/$version/kernel/virt -name '*.ko' \
            -exec zstd -q --rm {} + && depmod $version"
    else
        check "without the tool xz, the build goes on" build
        check "with a warning" said "W: vfio-early: cannot decompress module vfio_pci"
        check "verify fails" status 4 setup verify
        check "and says so" said "module vfio_pci"
        ln -s /bin/busybox "$m/usr/local/bin/xz"
        ln -s /bin/busybox "$m/usr/bin/xz"
    fi
    check "the image is built" build
    unpack
    check "vfio-pci is there uncompressed" has_plain_module vfio-pci
    check "and only so" has_no_packed_module vfio-pci
    check "and depmod prefers that one" grep -q '^[^:]*/vfio-pci\.ko:' "$work/image/lib/modules/$version/modules.dep"
    check "verify is content" status 0 setup verify
}

has_plain_module() {
    find "$work/image/lib/modules/$version/" -name "$1.ko" -size +4k | grep .
}

has_no_packed_module() {
    test -z "$(find "$work/image/lib/modules/$version/" -name "$1.ko.*")"
}

# A kernel that can decompress them gets them as they are only where there is no tool to do it now.
case_modules_go_in_plain() {
    installed_machine
    check "without the tool xz, the image is built" build
    check "in silence" not said "cannot decompress"
    unpack
    if [ "$suite" = bookworm ]; then
        check "its kernel has them uncompressed anyway" has_plain_module vfio-pci
        return
    fi
    check "with the module as it is" test -z "$(has_plain_module vfio-pci)"
    check "verify is content" status 0 setup verify
    ln -s /bin/busybox "$m/usr/bin/xz"
    check "with it, the image is built" build
    unpack
    check "vfio-pci is there uncompressed" has_plain_module vfio-pci
    check "and only so" has_no_packed_module vfio-pci
    check "so is what it needs" has_no_packed_module vfio
    check "verify is content" status 0 setup verify
}
