/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the plan would say if the policy had one more line: the same decision, tried out.
 *
 * Reads the policy anew, changes nothing and prints nothing. Borrows the inventory.
 */
#pragma once

#include "commands.h"
#include "pci.h"
#include "plan.h"

struct trial {
	bool claims; /* the new rule is active and claims the group of the device */
	bool spoils; /* a rule that was active without the new one is refused with it */
	char reason[REASON_TEXT]; /* why not; "" if all is well */
};

/* dev is what the line names. 0 or -errno. */
int trial_run(struct trial *t, const struct options *o, const struct inventory *inv, int dev,
	      const char *line) must_check;
