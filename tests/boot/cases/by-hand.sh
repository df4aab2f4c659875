# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# On the running host, with a real sysfs: the card goes back to its drivers and is claimed again, whole and in part;
# status follows. Last, a program has the card open, and it is not released.

machine card3
no_control
policy <<'POLICY'
claim device=01:00.0 expect=1234:1111,8086:2668,1b36:000d name=gaming
protect device=00:03.0
POLICY
early=/usr/sbin/vfio-early
step status root $early status
step status-user user $early status gaming
step status-json root $early status --json
step status-nobody root $early status nobody
step release-user user $early release gaming
step claim-user user $early claim --now gaming
step release root $early release gaming
step status-released root $early status gaming
step claim root $early claim --now gaming
step status-claimed root $early status
step release-only root $early release 01:00.2 --only
step claim-device root $early claim --now 01:00.2
step release-again root $early release 01:00.0
step claim-all root $early claim --now
step status-all root $early status
step show root $early show vfio gaming
step hold background /sbin/init hold 0000:01:00.1
step release-held root $early release 01:00.0
step only-held root $early release 01:00.2 --only
step status-held root $early status gaming

# The card is on the host's drivers.
given_back() {
    expect said "$1" '0000:01:00.0  vfio-pci -> bochs-drm'
    expect said "$1" '0000:01:00.1  vfio-pci -> snd_hda_intel'
    expect said "$1" '0000:01:00.2  vfio-pci -> xhci_hcd'
    expect said "$1" '/etc/vfio-early.conf:1: the rule stays, the next boot claims this again'
    expect said "$1/was" '0000:01:00.0 vfio-pci vfio-pci now 0000:01:00.0 bochs-drm *'
}

check() {
    local name
    claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
    for name in status status-user status-json status-claimed status-all status-held show; do expect step $name 0; done
    for name in release claim release-only claim-device release-again claim-all; do expect step $name 0; done
    for name in status-nobody status-released release-held only-held; do expect step $name 4; done
    for name in release-user claim-user; do
        expect step $name 5
        expect said step/$name 'vfio-early: this needs root: try sudo'
        expect said step/$name/changed no
    done
    given_back step/release
    given_back step/release-again
    expect said step/status-released '*0000:01:00.1*snd_hda_intel*lost: snd_hda_intel has it now'
    expect said step/claim '0000:01:00.0  bochs-drm -> vfio-pci'
    expect said step/claim '/etc/vfio-early.conf:1: claimed: *'
    expect said step/release-only '0000:01:00.2  vfio-pci -> xhci_hcd'
    forbid said step/release-only '0000:01:00.1*'
    expect said step/claim-device '0000:01:00.2  xhci_hcd -> vfio-pci'
    expect said step/claim-device '0000:01:00.0  vfio-pci has it already'
    expect said step/claim-all '0000:01:00.1  snd_hda_intel -> vfio-pci'
    expect said step/status-all 'by hand: done: *3 claimed*'
    expect said step/show '*/dev/vfio/*0000:01:00.0*vfio-pci*'
    expect said step/release-held 'vfio-early: IOMMU group * is in use by process * (init)'
    expect said step/release-held/changed no
    expect said step/only-held/changed no
}
