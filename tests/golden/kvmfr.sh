# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # variables of lib.sh
#
# kvmfr beyond the plans: owners by name, and what the manifest says of them and of the module. Needs lib.sh.

# owner_is UID GID: what the plan says of the one device.
owner_is() {
    early plan --json
    ends 0 || return 1
    [ "$(jq -r '.kvmfr[] | "\(.node) \(.size) \(.mode) \(.uid) \(.gid) \(.state)"' "$work/out")" = \
        "/dev/kvmfr0 67108864 0660 $1 $2 load" ] || {
        cat "$work/out"
        return 1
    }
}

# In an image the list that it was built by counts, and not its own /etc/passwd.
owners() {
    echo 'kvmfr size=64M owner=ann group=kvm' >"$tree/etc/vfio-early.conf"
    echo 'ann:x:1000:1000::/:' >"$tree/etc/passwd"
    printf 'root:x:0:\nkvm:x:78:\n' >"$tree/etc/group"
    t 'kvmfr: owner by name' owner_is 1000 78
    printf 'user ann 1001\ngroup kvm 104\n' >"$tree/etc/vfio-early.manifest"
    t 'kvmfr: owner by name, in an image' owner_is 1001 104
    rm "$tree/etc/vfio-early.manifest"
}

# make_kernel NAME...: a kernel 9.0.0 with these modules, which hold nothing.
make_kernel() {
    local dir=$tree/lib/modules/9.0.0 name
    rm -rf "$dir"
    mkdir -p "$dir"
    for name; do
        : | gcc -x c -c -o "$dir/$name.ko" -
    done
    depmod -b "$tree" 9.0.0 2>"$work/depmod"
}

# lists LINE...: the manifest is exactly these lines behind those for the boot, of the program and of the policy.
lists() {
    early manifest --kernel 9.0.0
    ends 0 || return 1
    diff <(printf '%s\n' "$@") <(grep -Ev '^(kernel|load|binary|policy) ' "$work/out")
}

lists_and_says() {
    local text=$1
    shift
    lists "$@" && says "vfio-early: $text"
}

lists_and_notes() {
    local text=$1
    shift
    lists_and_says "manifest: note: $text" "$@"
}

silent() {
    lists "$@" && [ ! -s "$work/err" ]
}

manifests() {
    local vfio=('module vfio_iommu_type1' 'module vfio_pci')
    make_kernel vfio_iommu_type1 vfio-pci kvmfr
    t 'manifest: kvmfr and its owners' silent "${vfio[@]}" 'module kvmfr' 'user ann 1000' 'group kvm 78'
    echo 'kvmfr size=64M owner=ann profile=lg' >"$tree/etc/vfio-early.conf"
    t 'manifest: kvmfr of a profile' silent "${vfio[@]}" 'module kvmfr' 'user ann 1000'
    echo 'kvmfr size=64M owner=5 group=nobody' >"$tree/etc/vfio-early.conf"
    t 'manifest: a group that is not known' lists_and_notes 'there is no group nobody' "${vfio[@]}" 'module kvmfr'
    : >"$tree/etc/vfio-early.conf"
    t 'manifest: kvmfr for the kernel command line' silent "${vfio[@]}" 'module kvmfr'
    printf '%s\n' 'claim group=1 driver=nosuch_vfio_pci' 'claim group=2 driver=other_vfio_pci' >"$tree/etc/vfio-early.conf"
    make_kernel vfio_iommu_type1 vfio-pci other_vfio_pci
    t 'manifest: a driver behind one that the kernel lacks' silent "${vfio[@]}" 'module other_vfio_pci'
    : >"$tree/etc/vfio-early.conf"
    make_kernel vfio_iommu_type1 vfio-pci
    t 'manifest: no kvmfr, and nobody asks' silent "${vfio[@]}"
    echo 'kvmfr size=64M' >"$tree/etc/vfio-early.conf"
    t 'manifest: no kvmfr' lists_and_notes 'this kernel has no module kvmfr' "${vfio[@]}"
    echo 'claim devise=1' >"$tree/etc/vfio-early.conf"
    t 'manifest: an error in the policy' lists_and_says '/etc/vfio-early.conf:1: "devise": unknown key' "${vfio[@]}"
}

run_kvmfr() {
    new_tree haswell
    owners
    manifests
}
