#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The other usual form: every display that the firmware did not boot with, and all functions beside it.

for flag in /sys/bus/pci/devices/*/boot_vga; do
    if [ "$(cat "$flag")" = 0 ]; then
        address=$(basename "$(dirname "$flag")")
        for function in "/sys/bus/pci/devices/${address%.*}".*; do
            echo vfio-pci >"$function/driver_override"
        done
    fi
done
/usr/sbin/modprobe -i vfio-pci
