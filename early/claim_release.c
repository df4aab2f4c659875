/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Release: the drivers that hold claimed devices let go, each within a limit, and what cannot be
 * had goes back to the host.
 */
#include <errno.h>

#include "attr.h"
#include "bounded.h"
#include "claim_inside.h"
#include "group.h"

/* How long the next one may take: each at most, and all together. */
static unsigned int spend(long start, unsigned int each, unsigned int all)
{
	long spent = clock_ms() - start;

	if (spent >= (long)all)
		return 0;
	return all - (unsigned int)spent < each ? all - (unsigned int)spent : each;
}

static void release_one(struct claim *c, size_t i, unsigned int milliseconds)
{
	struct outcome *o = &c->out->dev[i];
	char addr[ADDR_TEXT], path[DEV_PATH];
	int r = -ETIMEDOUT;

	addr_format(&c->plan->inv->dev[i].addr, addr);
	if (!root_holds(c->root, c->devices, claim_path(c, i, "driver", path)))
		r = -EXDEV;
	if (milliseconds && r != -EXDEV)
		r = attr_write_bounded(c->devices, claim_path(c, i, "driver/unbind", path), addr,
				       milliseconds);
	o->stuck = milliseconds && r == -ETIMEDOUT;
	c->stuck |= o->stuck;
	claim_read_driver(c, i);
	o->released = !o->driver[0];
	if (r == -ETIMEDOUT || !o->released)
		claim_fail(c, i, STEP_RELEASE, r < 0 ? r : -EBUSY);
}

static bool rule_failed(const struct claim *c, size_t rule)
{
	struct group g;
	size_t at, i;

	for (at = 0; group_next(c->plan, &at, &g);) {
		if (!group_taken_by(&g, rule))
			continue;
		for (i = 0; i < g.members; i++)
			if (c->out->dev[g.member[i].dev].state == OUTCOME_FAILED)
				return true;
	}
	return false;
}

/* A group stays in the claim while one rule that takes it has not failed. */
static bool group_wanted(const struct claim *c, const struct group *g)
{
	size_t rule;

	for (rule = 0; rule < c->plan->policy->rules; rule++)
		if (group_taken_by(g, rule) && !rule_failed(c, rule))
			return true;
	return false;
}

/* A rule that has failed already takes nothing more from the host. */
static void release_bound(struct claim *c)
{
	long start = clock_ms();
	struct group g;
	size_t at, k, i;

	*c->out->step = STEP_RELEASE;
	for (at = 0; group_next(c->plan, &at, &g);) {
		for (k = 0; k < g.members; k++) {
			i = g.member[k].dev;
			if (claim_pending(c, i) && c->out->dev[i].driver[0] && group_wanted(c, &g))
				release_one(c, i, spend(start, RELEASE_MS, RELEASES_MS));
		}
	}
}

/* A write that waits for the device's lock; where something is stuck already it gets a limit. */
int claim_write(struct claim *c, int dir, const char *rel, const char *value)
{
	return c->stuck ? attr_write_bounded(dir, rel, value, 2000) : attr_write(dir, rel, value);
}

/* Takes the override back from a device that was not handed over, and gives it back to the driver
 * that we took it from. A newline clears; an empty write would do nothing. */
void claim_restore(struct claim *c, size_t i)
{
	struct outcome *o = &c->out->dev[i];
	char addr[ADDR_TEXT], path[DEV_PATH];

	if (o->stuck || o->step == STEP_OVERRIDE)
		return;
	(void)!claim_write(c, c->devices, claim_path(c, i, "driver_override", path), "\n");
	if (!o->released && !c->boot_goes_on)
		return;
	o->released = false;
	addr_format(&c->plan->inv->dev[i].addr, addr);
	(void)!claim_write(c, c->root->fd, PCI_PROBE, addr);
}

/* Before anything is handed over: the other devices of a rule that has failed go back. Which
 * groups those are is decided before any of them changes. */
static void drop_failed(struct claim *c)
{
	bool any = false;
	struct group g;
	size_t at, i;

	for (i = 0; i < c->plan->inv->devs; i++)
		any |= c->out->dev[i].state == OUTCOME_FAILED;
	for (at = 0; any && group_next(c->plan, &at, &g);) {
		if (group_wanted(c, &g))
			continue;
		for (i = 0; i < g.members; i++)
			if (claim_pending(c, g.member[i].dev))
				c->out->dev[g.member[i].dev].error = -ECANCELED;
	}
	for (i = 0; any && i < c->plan->inv->devs; i++) {
		if (claim_pending(c, i) && c->out->dev[i].error == -ECANCELED)
			claim_fail(c, i, STEP_RELEASE, -ECANCELED);
		if (c->out->dev[i].state == OUTCOME_FAILED)
			claim_restore(c, i);
	}
}

void claim_release(struct claim *c)
{
	release_bound(c);
	drop_failed(c);
}
