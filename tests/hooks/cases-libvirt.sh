# shellcheck shell=bash disable=SC2154,SC2016 # the variables are shared by all parts, see run; eval
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Case: what a host with the real libvirt and AppArmor gets for kvmfr. Their packages are those of the release.

# uncomment_acl - what the line about libvirt says.
uncomment_acl() {
    sed -i '/^#cgroup_device_acl = \[/,/^#\]/ { s/^#//; s,"/dev/kvm",&\, "/dev/kvmfr0", }' "$m/etc/libvirt/qemu.conf"
}

# parser_takes - AppArmor's own parser over the profile that libvirt gives a machine; prints what it makes of our line.
parser_takes() {
    in_machine apparmor_parser --skip-kernel-load --skip-cache --debug /etc/apparmor.d/libvirt/TEMPLATE.qemu 2>&1 |
        grep -F 'Name:	(/dev/kvmfr[0-9])'
}

# The real files of libvirt. They have a folder for drop-ins since this release.
case_kvmfr_libvirt() {
    local lower version
    [ "$suite" = trixie ] || return 0
    lower=$("$top/tests/boot/chroot.sh" "$suite" libvirt) || exit 1
    layer "$case_name" "$lower"
    version=$(cd "$m/lib/modules" && echo *)
    printf 'MODULES=list\nCOMPRESS=zstd\nCOMPRESSLEVEL=1\n' >"$m/etc/initramfs-tools/conf.d/test"
    install -m 755 "$binary" "$m/usr/local/sbin/vfio-early"
    printf '%s\n' 'claim group=1' 'kvmfr size=64M' >"$m/etc/vfio-early.conf"
    in_machine update-initramfs -c -k "$version" >"$work/last.out" 2>&1
    check "AppArmor knows no kvmfr before" not parser_takes
    check "install succeeds" status 0 setup install
    check "AppArmor takes the line" parser_takes
    check "it may be read and written" eval 'parser_takes | grep -q "^Perms:	*rw"'
    check "nothing is left of AppArmor" unsaid AppArmor
    check "the list of libvirt is" said 'all lines of cgroup_device_acl, add "/dev/kvmfr0", restart'
    uncomment_acl
    check "the list can be so" grep -q '^ .*"/dev/kvm", "/dev/kvmfr0"' "$m/etc/libvirt/qemu.conf"
    check "install succeeds again" status 0 setup install
    check "nothing is left of libvirt" unsaid cgroup_device_acl
    check "uninstall succeeds" status 0 setup uninstall
    check "AppArmor's profile is as before" not parser_takes
}
