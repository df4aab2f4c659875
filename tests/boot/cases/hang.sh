# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A driver hangs when asked to let go of one function: that costs some seconds and a line in the report,
# not the boot. The function keeps its override, so that no other driver waits for it in turn.
# (The driver is vfio-pci with the device held open; the policy wants pci-stub. The other functions end
# without a driver because the holder owns their group, not because of us.)
#
# Not on Debian's 6.1: there the kernel takes the lock of a device to read its "uevent", so udev waits for the
# hung function too, up to its own 120 s, and the guest's question for its override has no end.

machine card3
only_on 6.12
image early
words test_early=held
policy <<POLICY
claim device=0000:01:00.0 driver=pci-stub rebind=yes
POLICY

check() {
    left 0000:00:01.0 bochs-drm
    expect override 0000:01:00.1 pci-stub
    expect override 0000:01:00.0 -
    expect override 0000:01:00.2 -
    expect device 0000:01:00.1 state failed
    expect device 0000:01:00.1 reason '*did not let go within*'
    expect device 0000:01:00.0 state failed
    expect rule 1 state failed
    expect exit 4
}
