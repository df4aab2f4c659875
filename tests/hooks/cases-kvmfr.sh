# shellcheck shell=bash disable=SC2154,SC2016 # the variables are shared by all parts, see run; eval
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

# A policy with names, whose numbers every image must hold.
put_names() {
    printf '%s\n' 'claim group=1' 'kvmfr size=64M owner=games group=video' >"$m/etc/vfio-early.conf"
}

# has_names FILE
has_names() {
    grep -qx 'user games 5' "$1" && grep -qx 'group video 44' "$1"
}

case_kvmfr_image() {
    fresh_machine
    put_module
    put_names
    check "install succeeds" status 0 setup install
    check "the module is in the image" said "ok    $img: module kvmfr"
    check "nothing is said of the module" unsaid "has no module kvmfr"
    unpack
    check "the image has the numbers of owner and group" has_names "$work/image/etc/vfio-early.manifest"
    check "which is proven" eval 'said "ok    $img: user games 5" && said "ok    $img: group video 44"'
    sed -i 's/^games:x:5:/games:x:7:/' "$m/etc/passwd"
    check "another number since: verify fails" status 4 setup verify
    check "and names it" said "FAIL  $img: user games 7: the image does not know the name, or by another number"
    check "the group still holds" said "ok    $img: group video 44"
    check "rebuild puts it right" status 0 setup rebuild
}

# The other generators, through the real program or the stand-in that the other cases use.
case_kvmfr_names() {
    dr_machine
    put_names
    check "dracut: install succeeds" status 0 setup install
    check "dracut: the numbers are proven" eval 'said "ok    $dr_img: user games 5" && said "ok    $dr_img: group video 44"'
    in_machine lsinitrd -f etc/vfio-early.manifest "$dr_img" >"$work/list" 2>&1
    check "dracut: and are in the image" has_names "$work/list"
    drop_machine
    mk_machine systemd
    put_names
    check "mkinitcpio: install succeeds" status 0 setup install
    check "mkinitcpio: the numbers are proven" eval 'said "ok    $mk_image: user games 5" && said "ok    $mk_image: group video 44"'
    check "overlay: the archive is written" status 0 overlay_made
    overlay_opened
    check "overlay: it has the numbers" has_names "$work/opened/vfio-early/etc/vfio-early.manifest"
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
