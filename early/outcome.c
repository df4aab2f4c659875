/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "outcome.h"

#include <errno.h>
#include <string.h>

int outcomes_alloc(struct outcomes *o, const struct plan *plan)
{
	size_t devs = plan->inv->devs;

	memset(o, 0, sizeof(*o));
	o->dev = calloc(1, devs * sizeof(*o->dev) + sizeof(*o->step) + LOAD_ERROR);
	if (!o->dev)
		return -ENOMEM;
	o->devs = devs;
	o->step = (enum claim_step *)(void *)(o->dev + devs);
	o->load_error = (char *)(o->step + 1);
	return 0;
}

void outcomes_free(struct outcomes *o)
{
	free(o->dev);
	memset(o, 0, sizeof(*o));
}

const char *outcome_name(enum outcome_state s)
{
	static const char *const names[] = { "left",	"pending", "claimed",
					     "already", "failed",  "lost" };

	return names[s];
}

const char *step_name(enum claim_step s)
{
	static const char *const names[] = { "writing driver_override",
					     "writing attributes",
					     "releasing it from its driver",
					     "loading the driver",
					     "probing it",
					     "reading its driver back",
					     "done" };

	return names[s];
}
