/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who has an IOMMU group open through VFIO: its own node, or the node of one of its devices.
 *
 * Compares device numbers, not names: a process may see /dev in another place than we do. Asks the
 * kernel too, which gives a group to one process at a time, so that a process that we cannot see
 * counts. Changes nothing. The first IN_USE_KEPT processes are kept, the others counted.
 */
#pragma once

#include "group.h"
#include "root.h"

#define IN_USE_KEPT 4
#define PROCESS_NAME 64 /* what the kernel keeps of it, and room */

struct in_use {
	bool open; /* by whomever */
	unsigned int processes;
	struct {
		uint32_t pid;
		char name[PROCESS_NAME]; /* as the process calls itself: escape it */
	} process[IN_USE_KEPT];
};

/* 0, or -errno where it cannot be known. */
int in_use_look(struct in_use *u, const struct root *r, const struct group *g) must_check;
