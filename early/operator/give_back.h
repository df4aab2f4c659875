/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Gives devices back to the host: the override cleared and read back, the VFIO driver made to let
 * go, the host's module loaded, drivers_probe, and the driver link read back. The reverse of the
 * claim; besides it the only file that writes to a PCI device.
 *
 * Decides nothing: who is given back is the caller's choice, and that nobody uses it is his
 * promise. Every wait has a limit. A driver or an override that is not VFIO's is left alone.
 */
#pragma once

#include "modload.h"
#include "plan.h"

#define GIVE_REASON 160

enum give_state {
	GIVE_BACK, /* off VFIO, and nothing overrides it: read back */
	GIVE_NOTHING, /* it was so before we came */
	GIVE_FAILED,
};

struct given {
	size_t dev; /* the caller sets it: an index in the inventory */
	enum give_state state;
	bool released; /* its driver let go */
	char before[DRIVER_NAME], after[DRIVER_NAME]; /* "" for none */
	char override[DRIVER_NAME]; /* what was in the way, "" for nothing */
	char reason[GIVE_REASON]; /* in words, or "" */
};

/* modules may be NULL: then none is loaded. 0, or -errno if sysfs cannot be opened. */
int give_back(struct given *list, size_t n, const struct root *r, const struct plan *plan,
	      struct modload *modules) must_check;
