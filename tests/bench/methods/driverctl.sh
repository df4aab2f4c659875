#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The distribution's own tool, once for each address.

for address; do
    driverctl set-override "$address" vfio-pci
done
