/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Held: the kernel gives the devices to no other driver. That is not yet the claim, but enough for
 * the boot to go on.
 */
#include <string.h>

#include "attr.h"
#include "claim_inside.h"

/* The override is in the kernel, and no driver came before it. */
static bool is_held(struct claim *c, size_t i)
{
	char path[DEV_PATH], text[DRIVER_NAME + 1];

	if (attr_read(c->devices, claim_path(c, i, "driver_override", path), text, sizeof(text)) <
		    0 ||
	    strcmp(text, c->plan->dev[i].target) != 0)
		return false;
	claim_read_driver(c, i);
	return !c->out->dev[i].driver[0];
}

void claim_tell_held(struct claim *c)
{
	size_t i;

	for (i = 0; i < c->plan->inv->devs; i++) {
		const struct outcome *o = &c->out->dev[i];

		if (o->state == OUTCOME_NONE || o->state == OUTCOME_ALREADY)
			continue;
		if (o->state != OUTCOME_PENDING || o->attr_error || !is_held(c, i))
			return;
	}
	c->boot_goes_on = true;
	c->out->held();
}
