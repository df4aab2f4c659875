/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names under which VFIO shows groups and devices. Reads sysfs and /dev, opens no node.
 */
#pragma once

#include <stdint.h>

#include "bdf.h"
#include "root.h"

#define VFIO_NAME 32

/* "vfio0": what the kernel calls the device's own node, since Linux 6.2. 0 or -ENOENT. */
int vfio_device_name(const struct root *r, const struct pci_addr *a,
		     char name[VFIO_NAME]) must_check;

/* True if the group has its node, /dev/vfio/NUMBER: a member is on a VFIO driver. */
bool vfio_group_there(const struct root *r, int32_t number);
