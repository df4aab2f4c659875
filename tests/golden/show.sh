# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # variables of lib.sh
#
# `show` over recorded machines, and what QEMU and libvirt themselves make of it. Needs lib.sh.

# shows STATUS WORD...: exactly what is on standard input.
shows() {
    local want=$1
    shift
    early show "$@"
    ends "$want" && diff - "$work/out"
}

show_form() {
    t 'show qemu' shows 0 qemu <<'EOF'
# 0000:01:00.0 VGA controller, IOMMU group 1, /etc/vfio-early.conf:1 gaming
# 0000:01:00.1 multimedia device, IOMMU group 1, /etc/vfio-early.conf:1 gaming
# As one card in the guest instead:
#   -device pcie-root-port,id=port1,chassis=1 \
#   -device vfio-pci,host=0000:01:00.0,bus=port1,addr=0x0.0x0,multifunction=on \
#   -device vfio-pci,host=0000:01:00.1,bus=port1,addr=0x0.0x1 \
# A ROM from a file: ,romfile=FILE   without the ROM: ,rombar=0
# /dev/kvmfr0 is not there yet: the size is the policy's
-device vfio-pci,host=0000:01:00.0 \
-device vfio-pci,host=0000:01:00.1 \
-object '{"qom-type":"memory-backend-file","id":"kvmfr0","mem-path":"/dev/kvmfr0","size":16777216,"share":true}' \
-device '{"driver":"ivshmem-plain","id":"ivshmem0","memdev":"kvmfr0"}'
EOF
    t 'show libvirt' shows 0 libvirt <<'EOF'
<!-- VGA controller, IOMMU group 1, /etc/vfio-early.conf:1 gaming -->
<hostdev mode='subsystem' type='pci' managed='no'>
  <source>
    <address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>
  </source>
  <!-- as one card in the guest, on a free bus: <address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x0' multifunction='on'/> -->
  <!-- without the ROM: <rom bar='off'/> -->
</hostdev>
<!-- multimedia device, IOMMU group 1, /etc/vfio-early.conf:1 gaming -->
<hostdev mode='subsystem' type='pci' managed='no'>
  <source>
    <address domain='0x0000' bus='0x01' slot='0x00' function='0x1'/>
  </source>
  <!-- as one card in the guest, on a free bus: <address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x1'/> -->
</hostdev>
<!-- /dev/kvmfr0 is not there yet: the size is the policy's -->
<!-- below domain, not below devices: -->
<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <qemu:arg value='-object'/>
  <qemu:arg value='{"qom-type":"memory-backend-file","id":"kvmfr0","mem-path":"/dev/kvmfr0","size":16777216,"share":true}'/>
  <qemu:arg value='-device'/>
  <qemu:arg value='{"driver":"ivshmem-plain","id":"ivshmem0","memdev":"kvmfr0"}'/>
</qemu:commandline>
EOF
    mkdir -p "$tree/dev/vfio" "$tree/sys/bus/pci/devices/0000:01:00.0/vfio-dev/vfio3"
    : >"$tree/dev/vfio/1"
    t 'show vfio' shows 0 vfio gaming <<'EOF'
GROUP  GROUP NODE      ADDRESS       DRIVER        DEVICE NODE               SYSFS
    1  /dev/vfio/1     0000:01:00.0  -             /dev/vfio/devices/vfio3   /sys/bus/pci/devices/0000:01:00.0
    1  /dev/vfio/1     0000:01:00.1  -             -                         /sys/bus/pci/devices/0000:01:00.1
/dev/kvmfr0  16777216 bytes
/dev/kvmfr0 is not there yet: the size is the policy's
EOF
}

# show_says STATUS TEXT WORD...
show_says() {
    local want=$1 text=$2
    shift 2
    early show "$@"
    ends "$want" && says "$text"
}

show_operands() {
    t 'show: no operand' wrong 'an operand is missing: qemu|libvirt|vfio [DEVICE|NAME]' show
    t 'show: three operands' wrong 'one word too many: more' show qemu gaming more
    t 'show: unknown form' show_says 2 '"xen": expected qemu, libvirt or vfio' xen
    t 'show: malformed address' show_says 2 '"01:0:0": ' qemu 01:0:0
    t 'show: no such name' show_says 4 'no rule of the policy has name=nobody' qemu nobody
    t 'show: no such device' show_says 4 'there is no PCI device 0000:09:00.0' qemu 09:00.0
    t 'show: a device that is not claimed' show_says 4 '0000:00:02.0: no rule names it' qemu 00:02.0
    t 'show: refused' show_says 4 '0000:00:1f.2: collateral' qemu disk
    : >"$tree/dev/kvmfr0"
    t 'show: a file where kvmfr should be' show_says 4 '/dev/kvmfr0: is a file, not a device' qemu gaming
    rm "$tree/dev/kvmfr0"
    : >"$tree/etc/vfio-early.conf"
    t 'show: no policy' show_says 4 'the policy claims no device' qemu
}

# in_qemu STATUS TEXT WORD...: QEMU starts with what show says but for lines with $drop, with a file of ours as memory,
# and is told to quit at once.
in_qemu() {
    local want=$1 expected=$2 line
    shift 2
    early show qemu "$@"
    ends 0 || return 1
    line=$(sed "/^#/d;/${drop:-^$}/d;s,/dev/kvmfr0,$work/memory," "$work/out")
    rm -f "$work/memory"
    (
        eval "set -- $line"
        echo quit | timeout 60 qemu-system-x86_64 -machine q35 -accel tcg -S -nodefaults -display none -m 32 -monitor stdio "$@"
    ) >"$work/qemu" 2>&1
    if [ $? -ne "$want" ] || ! grep -qF -e "$expected" "$work/qemu"; then
        cat "$work/qemu"
        return 1
    fi
}

show_in_qemu() {
    local drop=''
    echo 'kvmfr size=16M' >"$tree/etc/vfio-early.conf"
    t 'show qemu: QEMU takes the memory' in_qemu 0 "monitor - type 'help'"
    t 'show qemu: it has the size' test "$(stat -c %s "$work/memory")" -eq 16777216
    t 'show qemu --legacy: QEMU takes the memory' in_qemu 0 "monitor - type 'help'" --legacy
    t 'show qemu --legacy: it has the size' test "$(stat -c %s "$work/memory")" -eq 16777216
    # There is no such device here: that QEMU looks for it is what can be seen.
    echo 'claim group=1' >"$tree/etc/vfio-early.conf"
    t 'show qemu: QEMU looks for the device' in_qemu 1 'vfio /sys/bus/pci/devices/0000:01:00.0: no such host device'
    new_tree vmd
    echo 'claim device=10000:e1:00.0 allow=collateral,console' >"$tree/etc/vfio-early.conf"
    drop=0000:00:0e.0
    t 'show qemu: QEMU looks for one of a large domain' in_qemu 1 'vfio /sys/bus/pci/devices/10000:e1:00.0: no such host device'
}

# in_libvirt FILTER WORD...: what show says, through the filter, in a domain, is right by libvirt's schema.
in_libvirt() {
    local filter=$1
    shift
    early show libvirt "$@"
    ends 0 || return 1
    sed "$filter" "$work/out" >"$work/part"
    {
        echo "<domain type='kvm'><name>test</name><memory>1024</memory><os><type arch='x86_64' machine='q35'>hvm</type></os>"
        echo '<devices>'
        sed '/<qemu:commandline/,$d' "$work/part"
        echo '</devices>'
        sed -n '/<qemu:commandline/,$p' "$work/part"
        echo '</domain>'
    } >"$work/domain.xml"
    virt-xml-validate "$work/domain.xml" domain
}

not_in_libvirt() {
    ! in_libvirt "$@" >"$work/virt" 2>&1 && grep -q 'fails to validate' "$work/virt"
}

show_in_libvirt() {
    local uncomment='s,<!-- [^<>]*: \(<[^>]*>\) -->,\1,'
    printf 'claim group=1 name=a---b-\nkvmfr size=16M\nkvmfr size=32M\n' >"$tree/etc/vfio-early.conf"
    t 'show libvirt: valid' in_libvirt ''
    t 'show libvirt: two hyphens in a name' grep -qF 'a- - -b- -->' "$work/out"
    t 'show libvirt --legacy: valid' in_libvirt '' --legacy
    t 'show libvirt: valid with what is in the comments' in_libvirt "$uncomment"
    t 'show libvirt: that was in it' grep -q "^  <rom bar='off'/>" "$work/part"
    t 'show libvirt: the validator says no' not_in_libvirt "s/managed='no'/managed='perhaps'/"
}

# kvmfr_device BYTES: a device of the module, as the kernel shows it, where this user may make one.
kvmfr_device() {
    mkdir -p "$tree/sys/class/kvmfr/kvmfr0"
    echo 240:0 >"$tree/sys/class/kvmfr/kvmfr0/dev"
    echo "$1" >"$tree/sys/class/kvmfr/kvmfr0/size"
    mknod "$tree/dev/kvmfr0" c 240 0 2>"$work/err"
}

no_note() {
    ! grep 'not there yet' "$work/out"
}

# The size that counts is that of the device, whatever the policy says.
show_device() {
    show_machine
    kvmfr_device 33554432 || {
        echo "skip show-device: $(cat "$work/err")"
        return
    }
    t 'show qemu: the size of the device' show_says 0 '"mem-path":"/dev/kvmfr0","size":33554432,' qemu gaming
    t 'show qemu: no word of the policy' no_note
    t 'show qemu --legacy: the size of the device' show_says 0 'mem-path=/dev/kvmfr0,size=33554432,share=on' qemu gaming --legacy
    t 'show libvirt: the size of the device' show_says 0 '"mem-path":"/dev/kvmfr0","size":33554432,' libvirt gaming
    t 'show vfio: the size of the device' show_says 0 '/dev/kvmfr0  33554432 bytes' vfio gaming
    echo 240:1 >"$tree/sys/class/kvmfr/kvmfr0/dev"
    t 'show qemu: a node of something else' show_says 0 '"size":16777216,' qemu gaming
    rm "$tree/dev/kvmfr0"
}

show_machine() {
    new_tree haswell
    printf '%s\n' 'claim group=1 name=gaming' 'kvmfr size=16M' 'claim group=10 name=disk' >"$tree/etc/vfio-early.conf"
}

run_show() {
    show_machine
    sed -i 3d "$tree/etc/vfio-early.conf"
    show_form
    show_machine
    show_operands
    show_in_qemu
    show_machine
    show_in_libvirt
    show_device
}
