# shellcheck shell=bash disable=SC2154 # the variables are shared by all parts, see setup.sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a host with kvmfr needs beside the image: a file where there is a place for one of ours, and words about what
# only the user can change. It knows AppArmor, libvirt and SELinux. It must not know a generator.

kvmfr_abstraction=/etc/apparmor.d/abstractions/libvirt-qemu

# How many lines of the policy ask for kvmfr.
kvmfr_lines() {
    cat "$root"/etc/vfio-early.conf "$root"/etc/vfio-early.d/*.conf 2>/dev/null </dev/null |
        grep -cE '^[[:space:]]*kvmfr([[:space:]]|$)'
}

# A drop-in, where the distribution's profile of libvirt reads such a folder.
kvmfr_files() {
    if [ "$(kvmfr_lines)" -gt 0 ] && grep -qs "<abstractions/libvirt-qemu\.d>" "$root$kvmfr_abstraction"; then
        say "../installers/kvmfr/apparmor $kvmfr_abstraction.d/vfio-early-kvmfr"
    fi
}

left() {
    say "left   $*"
}

kvmfr_module_left() {
    local version
    while read -r version _; do
        in_root modinfo -k "$version" -F filename kvmfr </dev/null >/dev/null 2>&1 ||
            left "Linux $version has no module kvmfr: sudo make install-module, or install another one"
    done < <(generator_images | cut -d' ' -f1 | LC_ALL=C sort -u)
}

# Without a list of its own, libvirt lets its machines use the devices that it knows.
kvmfr_libvirt_left() {
    local conf=$root/etc/libvirt/qemu.conf list n missing=''
    [ -e "$conf" ] || return 0
    list=$(sed -n '/^cgroup_device_acl[[:space:]]*=/,/\]/p' "$conf")
    for ((n = 0; n < $1; n++)); do
        [[ $list == *"\"/dev/kvmfr$n\""* ]] || missing+="${missing:+, }\"/dev/kvmfr$n\""
    done
    [ -z "$missing" ] ||
        left "/etc/libvirt/qemu.conf: take the # off all lines of cgroup_device_acl, add $missing, restart libvirtd"
}

kvmfr_apparmor_left() {
    local file=$kvmfr_abstraction
    [ -e "$root$file" ] || return 0
    ! grep -qsE '^[[:space:]]*/dev/kvmfr' "$root$file" "$root$file.d"/* "${root}/etc/apparmor.d/local/abstractions/libvirt-qemu" ||
        return 0
    left "AppArmor: add the line '/dev/kvmfr[0-9] rw,' to /etc/apparmor.d/local/abstractions/libvirt-qemu"
}

kvmfr_selinux_left() {
    grep -qs '^SELINUX=enforcing' "$root/etc/selinux/config" || return 0
    left "SELinux: semanage fcontext -a -t svirt_tmpfs_t '/dev/kvmfr[0-9]', and a policy module with" \
        "'allow svirt_t device_t:chr_file { open read write map };', as the node is made before labels are"
}

# kvmfr_left - what install cannot do, one line each. Nothing where no policy asks.
kvmfr_left() {
    local lines
    lines=$(kvmfr_lines)
    [ "$lines" -gt 0 ] || return 0
    kvmfr_module_left
    kvmfr_libvirt_left "$lines"
    kvmfr_apparmor_left
    kvmfr_selinux_left
}
