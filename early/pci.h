/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inventory: every PCI device of the machine with what the plan needs to know of it.
 *
 * Reads sysfs, changes nothing, knows no policy. struct inventory owns its array: inventory_free().
 * Devices are sorted by address; others refer to them by index.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "bdf.h"
#include "iommu.h"
#include "root.h"

#define DRIVER_NAME 48

struct pci_dev {
	struct pci_addr addr;
	struct pci_id id;
	uint32_t class;
	int32_t group; /* IOMMU group, -1 for none */
	int32_t parent; /* index of the bridge above, -1 on a root bus */
	char driver[DRIVER_NAME]; /* "" for none */
	bool boot_display; /* the firmware's console: boot_vga or boot_display */
	bool has_console; /* its driver has a framebuffer console */
};

struct inventory {
	struct pci_dev *dev;
	size_t devs, room;
	size_t unreadable; /* devices left out: without vendor, device or class */
	struct iommu_facts iommu;
};

/* 0 or -errno; -ENOENT: there is no PCI in sysfs. */
int inventory_read(struct inventory *inv, const struct root *r) must_check;
/* The same; without paths, parent stays -1 and inventory_walk() finds nothing: for who asks
 * neither. */
int inventory_read_for(struct inventory *inv, const struct root *r, bool paths) must_check;
void inventory_free(struct inventory *inv);

/* For who needs less than all: one device more, read in the directory of all devices. Its id and
 * class always, the rest as asked. An unreadable one is only counted. Sort when all are there. */
#define PCI_GROUP 1U
#define PCI_DRIVER 2U
#define PCI_BOOT_DISPLAY 4U
int inventory_add(struct inventory *inv, const struct pci_addr *addr, int dir,
		  unsigned int parts) must_check;
void inventory_sort(struct inventory *inv);

/* Index, or -1. */
int inventory_find(const struct inventory *inv, const struct pci_addr *a);
/* Follows the path through the bridges: index, -ENOENT, or -ENOTUNIQ where two devices fit. */
int inventory_walk(const struct inventory *inv, const struct pci_path *p);
