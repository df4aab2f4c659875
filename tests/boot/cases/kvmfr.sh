# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Our module, loaded from the image: two devices, one for an owner by name, one by resolution. The image has no names.
# They are there before the real root is mounted, and as they were after it; a second run finds nothing to do.

machine card3
generator module-ours
built_in
policy <<POLICY
claim device=0000:01:00.0
kvmfr size=64M owner=gamer group=kvm name=screen
kvmfr for=1920x1080
POLICY
policy passwd <<PASSWD
root:x:0:0:root:/root:/bin/sh
gamer:x:1234:1234::/:/bin/sh
PASSWD
policy group <<GROUP
root:x:0:
kvm:x:993:
GROUP
step status root /usr/sbin/vfio-early status
step qemu root /usr/sbin/vfio-early show qemu

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    expect rule 2 state loaded
    expect rule 2 reason '/dev/kvmfr0 64 MiB, mode 0660, owner 1234:993'
    expect rule 3 state loaded
    expect report kvmfr/0/state loaded
    expect report kvmfr/1/size 33554432
    expect kvmfr devices 2
    expect kvmfr 0 kind device
    expect kvmfr 0 mode 0660
    expect kvmfr 0 owner 1234:993
    expect kvmfr 0 size 67108864
    expect kvmfr 0 clear yes
    expect kvmfr 0 shared yes
    expect kvmfr 1 mode 0600
    expect kvmfr 1 owner 0:0
    expect kvmfr 1 size 33554432
    expect said klog '*kvmfr: creating 2 static devices*'
    before_root 'kvmfr: creating 2 static devices'
    expect exit 0
    expect again 0
    expect unchanged
    expect step status 0
    expect said step/status '*/dev/kvmfr0*holds*'
    expect step qemu 0
    expect said step/qemu '*"mem-path":"/dev/kvmfr0"*'
    expect said step/qemu '*67108864*'
}
