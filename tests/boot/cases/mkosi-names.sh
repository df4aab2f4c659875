# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# mkosi-initrd: the script that makes the image sees no /etc, and the image has users of its own. The numbers are those of
# this system all the same: vfio-early-setup proves them when the image is made, and the boot knows the names.

machine card3
generator mkosi
only_on 7
full_only
no_control
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
kvm:x:4321:
GROUP

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    expect rule 2 state failed
    expect rule 2 reason 'not loaded: this kernel has no module kvmfr, or it is not in the image'
    forbid problem '?*'
    expect exit 5
}
