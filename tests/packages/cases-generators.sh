# shellcheck shell=bash disable=SC2154,SC2034,SC2153,SC2016 # shared variables, see run; eval
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The files for generators that do not run on Debian: they exist, parse, and do their work with a stand-in for the way
# in which the generator reads them (what was read of its sources is on the page in each folder).

hook_dir=/usr/share/vfio-early/hooks

# A system with the files of `make install`, and a second kernel.
generators_machine() {
    tree=$("$top/tests/boot/chroot.sh" bookworm) || exit 1
    layer "$case_name" "$tree"
    version=$(cd "$m/lib/modules" && echo *)
    older=1.0-older
    ln -s "$version" "$m/lib/modules/$older"
    installers/files.sh install "$m" /usr
    echo 'claim group=1' >"$m/etc/vfio-early.conf"
}

# The overlay as a folder in DIR, with modules and index of KERNEL.
is_overlay() {
    cmp "$1/vfio-early/init" build/initramfs/vfio-early && cmp "$1/vfio-early/etc/vfio-early.conf" "$m/etc/vfio-early.conf" &&
        [ -s "$1/vfio-early/lib/modules/$2/modules.dep.bin" ] &&
        find "$1/vfio-early/lib/modules/$2/" -name vfio-pci.ko | grep .
}

case_tree() {
    generators_machine
    check 'one kernel' eval 'run in_machine $hook_dir/overlay/tree /o1 "$version" && is_overlay "$m/o1" "$version"'
    check 'no other kernel in it' test ! -e "$m/o1/vfio-early/lib/modules/$older"
    check 'all kernels' run in_machine $hook_dir/overlay/tree /o1
    check 'this one' is_overlay "$m/o1" "$version"
    check 'and the other' is_overlay "$m/o1" $older
    check 'an unknown kernel is an error' status 1 run in_machine $hook_dir/overlay/tree /o1 9.9
    check 'and the folder is as it was' is_overlay "$m/o1" "$version"
    check 'nothing else is left' test "$(ls -A "$m/o1")" = vfio-early
    drop_machine
}

case_booster() {
    local files
    generators_machine
    files=$(sed -n 's/^extra_files: *//p' "$m$hook_dir/booster/booster.yaml")
    check 'the hook for libalpm names a program that is there' \
        in_machine test -x "$(sed -n 's/^Exec = \([^ ]*\).*/\1/p' "$m$hook_dir/booster/89-vfio-early.hook")"
    # The words of Exec are separate.
    # shellcheck disable=SC2046
    check 'it makes the folder' run in_machine $(sed -n 's/^Exec = //p' "$m$hook_dir/booster/89-vfio-early.hook")
    check 'that booster.yaml names' eval 'in_machine test -d "$files" && is_overlay "$m" "$version"'
    drop_machine
}

case_genkernel() {
    local words=". $hook_dir/genkernel/genkernel.conf"
    generators_machine
    check 'the callback runs' run in_machine sh -euc "$words; eval \$CMD_CALLBACK"
    check 'the folder that is appended has the overlay' \
        is_overlay "$m$(in_machine sh -c "$words; echo \$INITRAMFS_OVERLAY")" "$version"
    check 'and nothing else' test "$(ls -A "$m/var/lib/vfio-early/overlay")" = vfio-early
    drop_machine
}

# mkinitfs reads its configuration with the kernel's version in $1, and a list of files without comments.
case_mkinitfs() {
    local script
    generators_machine
    script='features=base; . '$hook_dir'/mkinitfs/mkinitfs.conf; echo "features: $features"'
    check 'the configuration can be read' run in_machine sh -c "$script" mkinitfs "$version"
    check 'it adds our feature' said 'features: base vfio-early'
    check 'and makes the overlay of this kernel' is_overlay "$m" "$version"
    check 'without an overlay it ends' not run in_machine sh -c "$script" mkinitfs 9.9
    check 'so that there is no image' unsaid features:
    check 'the list names the folder' test "$(sed '/^#/d; /^$/d' "$m$hook_dir/mkinitfs/vfio-early.files")" = /vfio-early
    drop_machine
}

case_ugrd() {
    local status want
    generators_machine
    printf '#!/bin/sh\nexec "%s" --root "%s" "$@"\n' "$top/build/vfio-early" "$m" >"$work/vfio-early"
    chmod 755 "$work/vfio-early"
    check 'the module runs' run python3 "$here/ugrd-stand-in.py" "$work/vfio-early" "$version"
    check 'it adds the program' said "dependencies $work/vfio-early"
    check 'the policy' said 'dependencies /etc/vfio-early.conf'
    check 'the modules' eval 'said "kernel_modules vfio_pci" && said "kernel_modules vfio_iommu_type1"'
    check 'and the list itself' said '/etc/vfio-early.manifest: module vfio_pci'
    sed '1,/^--$/d' "$work/last.out" | sed "s,^$work/vfio-early claim,(exit \$status)," >"$work/lines"
    for status in 0 1 3 4 5 6; do
        want=0
        [ $status -ne 6 ] || want=66
        check "status $status of the claim: the boot $([ $want = 0 ] && echo goes on || echo stops)" status $want \
            dash -c 'status=$1; rd_fail() { exit 66; }; claim() { . "$2"; }; claim "$@"' dash $status "$work/lines"
    done
    drop_machine
}

nix_module() {
    nix-instantiate --eval --strict --json --arg systemd "$1" "$here/nixos-stand-in.nix" 2>"$work/last.out" | jq -e "$2"
}

case_nixos() {
    command -v nix-instantiate >/dev/null || {
        skip nixos 'nix-instantiate is not installed (Debian package nix-bin)'
        return
    }
    check 'systemd: the program and the policy are in the image' nix_module true '.boot.initrd.systemd.contents |
        has("/usr/sbin/vfio-early") and has("/etc/vfio-early.conf")'
    check 'systemd: and the numbers of users and groups' nix_module true '.boot.initrd.systemd.contents |
        .["/etc/vfio-early.manifest"].source == "user ann 1000\ngroup kvm 302\n"'
    check 'systemd: the shared units, wanted by sysinit.target' nix_module true '.boot.initrd.systemd.units |
        length == 5 and (.["vfio-early.service"].wantedBy == ["sysinit.target"])'
    check 'systemd: every program in them has a path' nix_module true '[.boot.initrd.systemd.units[].text |
        split("\n")[] | select(test("^Exec"))] | length > 2 and all(test("^Exec[A-Za-z]+=-?/"))'
    check 'systemd: no rdinit=' nix_module true '.boot | has("kernelParams") | not'
    check 'scripted: the overlay and rdinit= together' nix_module false '.boot == {initrd: {prepend:
        ["/store/vfio-early-overlay"]}, kernelParams: ["rdinit=/vfio-early/init"]}'
    check 'the package has the version of the Makefile' nix_module true ".package.version == \"$VERSION\""
}
