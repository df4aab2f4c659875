/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of this machine's IOMMU, and what to tell the user where groups are missing.
 * Reads sysfs and procfs; knows no device and no policy.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "root.h"

enum cpu_vendor {
	CPU_OTHER,
	CPU_INTEL,
	CPU_AMD,
};

struct iommu_facts {
	bool any_group; /* at least one device is in a group */
	uint32_t last_group;
	bool units; /* the kernel drives an IOMMU */
	bool table; /* the firmware describes one: ACPI DMAR or IVRS */
	bool off; /* the command line turns it off */
	enum cpu_vendor cpu;
};

/* Fills all but any_group and last_group, and only reads on when there are no groups. */
void iommu_read(struct iommu_facts *f, const struct root *r);

/* One sentence: what is missing. A constant. */
const char *iommu_hint(const struct iommu_facts *f);

/* The group that lists the device in /sys/kernel/iommu_groups, for trees whose devices lack the
 * link; -1 for none. */
int32_t iommu_group_listing(const struct root *r, const char *address);
