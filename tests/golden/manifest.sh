# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # from lib.sh
#
# What an image must hold, as the policy wants it. Needs lib.sh. What it says of kvmfr is in kvmfr.sh.

# The machine desk has one device, 0000:08:00.0, that this kernel has a variant driver for.
variant_kernel() {
    "$tests_dir/fixtures/make-modules" "$tree" 9.0.0 vfio_iommu_type1 vfio-pci pci-stub \
        'mlx5_vfio_pci=vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i*'
}

# holds STATUS LINE...: the manifest ends so, and is exactly these lines behind those for the boot and of the program.
holds() {
    early manifest --kernel 9.0.0
    ends "$1" || return 1
    shift
    diff <(printf '%s\n' "$@") <(grep -Ev '^(kernel|load|binary) ' "$work/out")
}

# The boot finds them at the head.
for_the_boot() {
    early manifest --kernel 9.0.0
    ends 0 && diff <(printf '%s\n' 'kernel 9.0.0' 'load kernel/vfio_iommu_type1.ko' 'load kernel/vfio-pci.ko') \
        <(head -n 3 "$work/out")
}

# holds_with LINE MODULE...: the same, with this policy.
holds_with() {
    printf '%s\n' "$1" >"$tree/etc/vfio-early.conf"
    shift
    holds 0 'policy /etc/vfio-early.conf' 'module vfio_iommu_type1' 'module vfio_pci' "$@"
}

manifest_drivers() {
    t 'manifest: no driver named' holds_with 'claim device=08:00.0'
    t 'manifest: driver=' holds_with 'claim device=08:00.0 driver=pci-stub' 'module pci_stub'
    t 'manifest: driver= of a profile' holds_with 'claim device=08:00.0 driver=pci-stub profile=p' 'module pci_stub'
    t 'manifest: driver=auto' holds_with 'claim device=08:00.0 driver=auto' 'module mlx5_vfio_pci'
    t 'manifest: driver=auto of a profile' holds_with 'claim device=08:00.0 driver=auto profile=p' 'module mlx5_vfio_pci'
    t 'manifest: driver=auto that is refused today' holds_with 'claim device=08:00.0 driver=auto expect=15b3:1018' \
        'module mlx5_vfio_pci'
    t 'manifest: driver=auto of another device' holds_with 'claim device=06:00.0 driver=auto'
}

# The hooks copy what is listed, one a line.
only_files() {
    local dir=$tree/etc/vfio-early.d
    mkdir -p "$dir"
    mkfifo "$dir/fifo.conf"
    ln -s nowhere "$dir/lost.conf"
    : >"$dir/"$'two\nlines.conf'
    : >"$dir/whole.conf"
    holds 3 'policy /etc/vfio-early.conf' 'policy /etc/vfio-early.d/lost.conf' 'policy /etc/vfio-early.d/whole.conf' \
        'module vfio_iommu_type1' 'module vfio_pci' || return 1
    says 'note: /etc/vfio-early.d/fifo.conf: not a regular file' 'note: /etc/vfio-early.d/two\x0alines.conf: not'
}

run_manifest() {
    new_tree desk
    variant_kernel
    t 'manifest: what a boot loads' for_the_boot
    manifest_drivers
    t 'manifest: what cannot be copied' only_files
}
