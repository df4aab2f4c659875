# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Without vfio-early, two of three functions on vfio-pci and one on its host driver: VFIO says not viable.
# So "viable" in the other cases is an answer that could have been "no".

machine card3
is_control
words test_partial=0000:01:00.0,0000:01:00.1

check() {
    expect driver 0000:01:00.0 vfio-pci
    expect driver 0000:01:00.1 vfio-pci
    expect driver 0000:01:00.2 xhci_hcd
    expect viable 0000:01:00.0 no
    expect config 0000:01:00.0 none
}
