#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What guides tell people to put into their image: driver_override for each address, then vfio-pci.
# It reads nothing back. By its full path, as busybox's own modprobe would be taken otherwise.

for address; do
    echo vfio-pci >"/sys/bus/pci/devices/$address/driver_override"
done
/usr/sbin/modprobe -i vfio-pci
