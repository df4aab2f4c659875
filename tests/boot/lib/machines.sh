# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The machines of the boot tests, as QEMU arguments. Each is drawn above its function.
# It knows QEMU devices. It must not know a kernel, an image or a case.
#
# Every machine has: 00:01.0 std VGA, the host's display and boot display (boot_vga=1);
#                    00:03.0 virtio-blk, the root disk (but see ahciroot);
#                    00:1f.0 LPC bridge, 00:1f.2 AHCI, 00:1f.3 SMBus in one group (part of q35).
# All of VGA and bochs-display are 1234:1111, and bochs-drm wants each of them.
#
# The commas belong to QEMU's words.
# shellcheck disable=SC2054

# machine_args NAME ROOTDISK - fills the array `machine`.
machine_args() {
    # The plainest processor boots fastest here: a fifth less time than with -cpu max.
    machine=(-machine "q35,kernel-irqchip=split" -cpu qemu64 -vga none -audiodev none,id=quiet)
    [[ $1 == noiommu || $1 == amd ]] || machine+=(-device "intel-iommu,intremap=on,caching-mode=on")
    machine+=(-device VGA,bus=pcie.0,addr=0x1)
    machine+=(-drive "file=$2,format=raw,if=none,id=root,snapshot=on")
    [ "$1" = ahciroot ] || machine+=(-device virtio-blk-pci,bus=pcie.0,addr=0x3,drive=root)
    "machine_$1"
}

# root_device NAME - what root= says on that machine.
root_device() {
    if [ "$1" = ahciroot ]; then echo /dev/sda; else echo /dev/vda; fi
}

port() {
    local bus=$1 slot=$2 more=${3:-}
    machine+=(-device "pcie-root-port,id=$bus,bus=pcie.0,addr=$slot,chassis=${bus#port}$more")
}

# card BUS - one card of three functions, in one group because it has no ACS.
card() {
    machine+=(-device "bochs-display,bus=$1,addr=0x0.0x0,multifunction=on"
        -device "intel-hda,bus=$1,addr=0x0.0x1" -device "hda-output,audiodev=quiet"
        -device "qemu-xhci,bus=$1,addr=0x0.0x2")
}

#  00:01.0 VGA (host)
#  00:05.0 port --- 01:00.0 display   \
#                   01:00.1 audio      > one group
#                   01:00.2 USB       /
machine_card3() {
    port port1 0x5
    card port1
}

#  00:01.0 VGA (host)
#  00:05.0 port --- 01:00.0 display   identical to the other two, group of its own
#  00:06.0 port --- 02:00.0 display   its twin, group of its own
machine_twins() {
    port port1 0x5
    port port2 0x6
    machine+=(-device bochs-display,bus=port1 -device bochs-display,bus=port2)
}

#  00:01.0 VGA (host)
#  00:05.0 port --- 01:00.0 display   \ the ports are functions of one slot without ACS:
#  00:05.1 port --- 02:00.0 display   / ports and cards, four devices, are one group
machine_twocards() {
    port port1 0x5.0x0 ,multifunction=on,disable-acs=on
    port port2 0x5.0x1 ,disable-acs=on
    machine+=(-device bochs-display,bus=port1 -device bochs-display,bus=port2)
}

#  00:01.0 VGA (host)
#  00:05.0 port --- 01:00.0 PCIe-to-PCI bridge --- 02:01.0 display   \ one group with
#                                                  02:02.0 network   / the bridge 01:00.0
machine_pcibridge() {
    port port1 0x5
    machine+=(-device pcie-pci-bridge,id=pci,bus=port1 -device bochs-display,bus=pci,addr=0x1
        -device e1000,bus=pci,addr=0x2,romfile=)
}

#  00:01.0 VGA (host)
#  00:05.0 port --- 01:00.0 display, .1 audio, .2 USB   one group, as in card3
#  00:1f.0 LPC bridge \
#  00:1f.2 AHCI        > one group, and the root disk hangs on it
#  00:1f.3 SMBus      /
machine_ahciroot() {
    port port1 0x5
    card port1
    machine+=(-device ide-hd,bus=ide.0,drive=root)
}

#  card3 without an IOMMU: no device has a group; the processor is Intel's, as the advice depends on it
machine_noiommu() {
    machine_card3
    machine+=(-cpu "qemu64,vendor=GenuineIntel")
}

#  00:01.0 VGA (host)
#  00:05.0 port --- 01:00.0 network   a group each; no image has their modules
#  00:06.0 port --- 02:00.0 network
#  00:07.0 port --- 03:00.0 network
#  00:1f.2 AHCI with a disk; it, the board and the first network card have what tells them from others
machine_nets() {
    port port1 0x5
    port port2 0x6
    port port3 0x7
    machine+=(-smbios type=1,serial=secret-board -blockdev driver=null-co,node-name=more,size=1048576,read-zeroes=on
        -device ide-hd,bus=ide.0,drive=more,serial=secret-disk)
    machine+=(-device vmxnet3,bus=port1,romfile=,mac=52:54:00:5e:c1:e7 -device e1000e,bus=port2,romfile= -device rtl8139,bus=port3,romfile=)
}

#  00:01.0 VGA (host)
#  00:05.0 port --- 01:00.0 switch --- 02:00.0 port --- 03:00.0 display, .1 USB   one group with the port 02:00.0
#                                  `-- 02:01.0 port --- 04:00.0 network           one group with the port 02:01.0
#  00:06.0 port --- 05:00.0 NVMe, a group of its own
#  40:00.0 port --- 41:00.0 display, on a second root bus, a group of its own
switch_and_buses() {
    port port1 0x5
    machine+=(-device x3130-upstream,id=up,bus=port1
        -device xio3130-downstream,id=down1,bus=up,chassis=21,slot=1,addr=0x0
        -device xio3130-downstream,id=down2,bus=up,chassis=22,slot=2,addr=0x1
        -device "bochs-display,bus=down1,addr=0x0.0x0,multifunction=on" -device "qemu-xhci,bus=down1,addr=0x0.0x1"
        -device e1000e,bus=down2,romfile=)
    port port2 0x6
    machine+=(-device nvme,serial=none,bus=port2 -device pxb-pcie,id=pxb,bus=pcie.0,bus_nr=0x40,addr=0x7
        -device pcie-root-port,id=port9,bus=pxb,addr=0x0,chassis=9 -device bochs-display,bus=port9)
}

machine_switch() {
    switch_and_buses
}

#  the same with an IOMMU of AMD's kind, which takes the next free slot
machine_amd() {
    switch_and_buses
    machine+=(-device amd-iommu,intremap=on)
}
