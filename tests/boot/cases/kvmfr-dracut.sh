# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The same as kvmfr, in an image of dracut with systemd.

machine card3
full_only
generator dracut-kvmfr
built_in
policy <<POLICY
claim device=0000:01:00.0
kvmfr size=64M owner=gamer group=kvm
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

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    expect rule 2 state loaded
    expect rule 2 reason '/dev/kvmfr0 64 MiB, mode 0660, owner 1234:993'
    expect kvmfr devices 1
    expect kvmfr 0 mode 0660
    expect kvmfr 0 owner 1234:993
    expect kvmfr 0 size 67108864
    expect kvmfr 0 shared yes
    before_root 'kvmfr: creating 1 static devices'
    expect exit 0
    expect again 0
    expect step status 0
}
