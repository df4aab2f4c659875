/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carries a plan out: driver_override on every device, release of what is bound, the modules,
 * drivers_probe, and the driver link read back. The only file that writes to a PCI device.
 *
 * Decides nothing: what the plan does not claim is not touched. Every wait has a limit, so one
 * claim costs at most CLAIM_MS.
 */
#pragma once

#include "modload.h"
#include "outcome.h"
#include "plan.h"

#define RELEASES_MS 10000 /* for all of them */
#define CLAIM_MS 30000 /* for everything */

/* Carries the plan out in a process of its own that is given CLAIM_MS. modules may be NULL in a
 * tree that is not the running system. 0, or -errno if it could not be begun or was not ended. */
int claim_plan(struct outcomes *o, const struct root *r, const struct plan *plan,
	       struct modload *modules) must_check;

/* The same without the limit and in this process: for claim_plan() and for tests. */
int claim_run(struct outcomes *o, const struct root *r, const struct plan *plan,
	      struct modload *modules) must_check;
