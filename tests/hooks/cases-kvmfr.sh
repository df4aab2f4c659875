# shellcheck shell=bash disable=SC2154 # the variables are shared by all parts, see run
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Cases: what the image gets for kvmfr, and what install says is left to do on the host.

# A file of libvirt as its packages have it, cut to what counts.
put_libvirt() {
    mkdir -p "$m/etc/libvirt" "$m/etc/apparmor.d/abstractions"
    printf '%s\n' '#cgroup_device_acl = [' '#    "/dev/null", "/dev/full",' '#    "/dev/kvm"' '#]' >"$m/etc/libvirt/qemu.conf"
    echo "  $1" >"$m/etc/apparmor.d/abstractions/libvirt-qemu"
}

# A kernel module of that name with nothing in it.
put_module() {
    local dir=$m/lib/modules/$version/updates/dkms
    mkdir -p "$dir"
    echo 'const char info[] __attribute__((section(".modinfo"))) = "license=GPL";' | gcc -x c -c -o "$dir/kvmfr.ko" -
    in_machine depmod "$version"
}

case_kvmfr_image() {
    fresh_machine
    put_module
    printf '%s\n' 'claim group=1' 'kvmfr size=64M owner=games group=video' >"$m/etc/vfio-early.conf"
    check "install succeeds" status 0 setup install
    check "the module is in the image" said "ok    $img: module kvmfr"
    check "nothing is said of the module" unsaid "has no module kvmfr"
    unpack
    check "the image has the number of the owner" grep -qx 'user games 5' "$work/image/etc/vfio-early.manifest"
    check "and of the group" grep -qx 'group video 44' "$work/image/etc/vfio-early.manifest"
}

case_kvmfr_left() {
    local dropin=/etc/apparmor.d/abstractions/libvirt-qemu.d/vfio-early-kvmfr
    fresh_machine
    put_libvirt '#include <local/abstractions/libvirt-qemu>'
    setup install
    check "nothing where no policy asks" unsaid "left   "
    printf '%s\n' 'claim group=1' 'kvmfr size=64M' ' kvmfr for=1920x1080' '#kvmfr' >"$m/etc/vfio-early.conf"
    check "install succeeds" status 0 setup install
    check "the module" said "left   Linux $version has no module kvmfr: sudo make install-module"
    check "the list of libvirt" said "off all lines of cgroup_device_acl, add \"/dev/kvmfr0\", \"/dev/kvmfr1\", restart"
    check "the line for AppArmor" said "left   AppArmor: add the line '/dev/kvmfr[0-9] rw,'"
    check "no SELinux" unsaid SELinux
    check "no drop-in that nobody reads" not test -e "$m$dropin"
    printf '%s\n' 'cgroup_device_acl = [' '    "/dev/null", "/dev/kvmfr0",' '    "/dev/kvm", "/dev/kvmfr1"' ']' >"$m/etc/libvirt/qemu.conf"
    mkdir -p "$m/etc/apparmor.d/local/abstractions" "$m/etc/selinux"
    echo '/dev/kvmfr0 rw,' >"$m/etc/apparmor.d/local/abstractions/libvirt-qemu"
    echo SELINUX=enforcing >"$m/etc/selinux/config"
    setup install
    check "libvirt is done" unsaid cgroup_device_acl
    check "AppArmor is done" unsaid AppArmor
    check "SELinux" said "left   SELinux: semanage fcontext -a -t svirt_tmpfs_t"
}

case_kvmfr_apparmor() {
    local dropin=/etc/apparmor.d/abstractions/libvirt-qemu.d/vfio-early-kvmfr
    fresh_machine
    put_libvirt 'include if exists <abstractions/libvirt-qemu.d>'
    printf '%s\n' 'claim group=1' 'kvmfr size=64M' >"$m/etc/vfio-early.conf"
    check "install succeeds" status 0 setup install
    check "the drop-in is there" grep -qx '/dev/kvmfr\[0-9\] rw,' "$m$dropin"
    check "and nothing is left of AppArmor" unsaid AppArmor
    check "uninstall succeeds" status 0 setup uninstall
    check "and the drop-in is gone" not test -e "$m$dropin"
    check "with its folder" not test -e "$m${dropin%/*}"
}

case_kvmfr_udev() {
    fresh_machine
    cp "$top/installers/kvmfr/70-vfio-early-kvmfr.rules" "$m/tmp/"
    in_machine udevadm verify --help >/dev/null 2>&1 || return 0 # not before systemd 254
    check "udev understands the rule" in_machine udevadm verify --no-style /tmp/70-vfio-early-kvmfr.rules
}
