# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The policy file claims by group and states the identity; a drop-in, read after it, protects nothing
# of that card. Both were put into the image by the real build hook.

machine card3
built_in
policy <<POLICY
claim group=$(group_of 0000:01:00.0) expect=1234:1111,8086:2668,1b36:000d name=gaming
POLICY
policy vfio-early.d/50-disk.conf <<POLICY
protect device=0000:00:03.0
POLICY

check() {
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    left 0000:00:01.0 bochs-drm
    left 0000:00:03.0 virtio-pci
    expect device 0000:01:00.0 rule /etc/vfio-early.conf:1
    expect rule 1 state claimed
    expect exit 0
    expect again 0
    expect unchanged
}
