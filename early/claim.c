/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "claim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "attr.h"
#include "bounded.h"
#include "claim_modules.h"
#include "policy_keys.h"

struct claim {
	const struct root *root;
	const struct plan *plan;
	struct modload *modules;
	struct outcomes *out;
	int devices; /* /sys/bus/pci/devices */
	bool stuck; /* a device is: what would wait for it gets a limit of its own */
};

/* One write that may have to be waited for. */
struct write_call {
	int dir;
	const char *rel;
	const char *value;
};

static int write_now(void *arg)
{
	const struct write_call *w = arg;

	return attr_write(w->dir, w->rel, w->value);
}

static const char *dev_path(const struct claim *c, size_t i, const char *attr, char buf[64])
{
	char addr[ADDR_TEXT];

	addr_format(&c->plan->inv->dev[i].addr, addr);
	(void)snprintf(buf, 64, "%s/%s", addr, attr);
	return buf;
}

static bool is_claimed(const struct claim *c, size_t i)
{
	return c->plan->dev[i].action == ACTION_CLAIM;
}

static struct outcome *pending(struct claim *c, size_t i)
{
	struct outcome *o = &c->out->dev[i];

	return o->state == OUTCOME_PENDING ? o : NULL;
}

static void fail(struct claim *c, size_t i, enum claim_step step, int error)
{
	struct outcome *o = &c->out->dev[i];

	o->state = OUTCOME_FAILED;
	o->step = step;
	o->error = error;
}

static void read_driver(struct claim *c, size_t i)
{
	char path[64];
	struct outcome *o = &c->out->dev[i];

	if (attr_link_name(c->devices, dev_path(c, i, "driver", path), o->driver,
			   sizeof(o->driver)) < 0)
		o->driver[0] = '\0';
}

static bool on_target(const struct claim *c, size_t i)
{
	return strcmp(c->out->dev[i].driver, c->plan->dev[i].target) == 0;
}

static void begin(struct claim *c)
{
	size_t i;

	for (i = 0; i < c->plan->inv->devs; i++) {
		if (!is_claimed(c, i))
			continue;
		read_driver(c, i);
		c->out->dev[i].state = on_target(c, i) ? OUTCOME_ALREADY : OUTCOME_PENDING;
	}
}

static void write_overrides(struct claim *c)
{
	char path[64];
	size_t i;
	int r;

	*c->out->step = STEP_OVERRIDE;
	for (i = 0; i < c->plan->inv->devs; i++) {
		if (!pending(c, i))
			continue;
		r = attr_write(c->devices, dev_path(c, i, "driver_override", path),
			       c->plan->dev[i].target);
		if (r < 0)
			fail(c, i, STEP_OVERRIDE, r);
	}
}

static void write_attributes(struct claim *c)
{
	char path[64];
	size_t i, rule;
	unsigned int k;
	int r;

	*c->out->step = STEP_ATTRIBUTE;
	for (i = 0; i < c->plan->inv->devs; i++) {
		for (rule = 0; pending(c, i) && rule < c->plan->policy->rules; rule++) {
			const struct rule *pr = &c->plan->policy->rule[rule];

			if (c->plan->rule[rule].state != RULE_ACTIVE ||
			    !plan_selects(c->plan, rule, i))
				continue;
			for (k = 0; k < RULE_ATTRS; k++) {
				if (!pr->attr[k])
					continue;
				r = attr_write(c->devices, dev_path(c, i, keys_attr_name(k), path),
					       pr->attr[k]);
				if (r < 0)
					c->out->dev[i].attr_error = r;
			}
		}
	}
}

static unsigned int spend(const struct timespec *start, unsigned int each, unsigned int all)
{
	struct timespec now;
	long spent;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	spent = (long)(now.tv_sec - start->tv_sec) * 1000 +
		(now.tv_nsec - start->tv_nsec) / 1000000;
	if (spent >= (long)all)
		return 0;
	return all - (unsigned int)spent < each ? all - (unsigned int)spent : each;
}

static void release_one(struct claim *c, size_t i, unsigned int milliseconds)
{
	struct outcome *o = &c->out->dev[i];
	char addr[ADDR_TEXT], path[64];
	struct write_call w = { .dir = c->devices, .value = addr };
	int r = -ETIMEDOUT;

	addr_format(&c->plan->inv->dev[i].addr, addr);
	w.rel = dev_path(c, i, "driver/unbind", path);
	if (milliseconds)
		r = bounded_run(write_now, &w, milliseconds);
	o->stuck = milliseconds && r == -ETIMEDOUT;
	c->stuck |= o->stuck;
	read_driver(c, i);
	o->released = !o->driver[0];
	if (r == -ETIMEDOUT || !o->released)
		fail(c, i, STEP_RELEASE, r < 0 ? r : -EBUSY);
}

static void release_bound(struct claim *c)
{
	struct timespec start;
	size_t i;

	*c->out->step = STEP_RELEASE;
	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	for (i = 0; i < c->plan->inv->devs; i++)
		if (pending(c, i) && c->out->dev[i].driver[0])
			release_one(c, i, spend(&start, RELEASE_MS, RELEASES_MS));
}

/* A write that waits for the device's lock; where something is stuck already it gets a limit. */
static int write_guarded(struct claim *c, int dir, const char *rel, const char *value)
{
	struct write_call w = { dir, rel, value };

	return c->stuck ? bounded_run(write_now, &w, 2000) : write_now(&w);
}

/* Takes the override back from a device that was not handed over, and gives it back to the driver
 * that we took it from. A newline clears; an empty write would do nothing. */
static void restore(struct claim *c, size_t i)
{
	struct outcome *o = &c->out->dev[i];
	char addr[ADDR_TEXT], path[64];

	if (o->stuck || o->step == STEP_OVERRIDE)
		return;
	(void)!write_guarded(c, c->devices, dev_path(c, i, "driver_override", path), "\n");
	if (!o->released)
		return;
	o->released = false;
	addr_format(&c->plan->inv->dev[i].addr, addr);
	(void)!write_guarded(c, c->root->fd, PCI_PROBE, addr);
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
			if (pending(c, g.member[i].dev))
				c->out->dev[g.member[i].dev].error = -ECANCELED;
	}
	for (i = 0; any && i < c->plan->inv->devs; i++) {
		if (pending(c, i) && c->out->dev[i].error == -ECANCELED)
			fail(c, i, STEP_RELEASE, -ECANCELED);
		if (c->out->dev[i].state == OUTCOME_FAILED)
			restore(c, i);
	}
}

static bool anything_pending(struct claim *c)
{
	size_t i;

	for (i = 0; i < c->plan->inv->devs; i++)
		if (pending(c, i))
			return true;
	return false;
}

static int load_now(void *arg)
{
	struct claim *c = arg;

	return claim_modules(c->root, c->plan, c->out, c->modules);
}

static void probe(struct claim *c)
{
	char addr[ADDR_TEXT];
	size_t i;
	int r;

	*c->out->step = STEP_PROBE;
	for (i = 0; i < c->plan->inv->devs; i++) {
		struct outcome *o = pending(c, i);

		if (!o)
			continue;
		read_driver(c, i);
		if (o->driver[0])
			continue;
		addr_format(&c->plan->inv->dev[i].addr, addr);
		r = write_guarded(c, c->root->fd, PCI_PROBE, addr);
		if (r < 0)
			o->error = r;
	}
}

static void read_back(struct claim *c)
{
	size_t i;

	*c->out->step = STEP_READ_BACK;
	for (i = 0; i < c->plan->inv->devs; i++) {
		struct outcome *o = pending(c, i);

		if (!o)
			continue;
		read_driver(c, i);
		if (on_target(c, i)) {
			o->state = OUTCOME_CLAIMED;
			continue;
		}
		fail(c, i, c->out->load_error[0] ? STEP_LOAD : STEP_PROBE, o->error);
		if (o->driver[0])
			o->state = OUTCOME_LOST;
		restore(c, i);
	}
}

int claim_run(struct outcomes *o, const struct root *r, const struct plan *plan,
	      struct modload *modules)
{
	struct claim c = { .root = r, .plan = plan, .modules = modules, .out = o };
	int err;

	c.devices = root_openat(r, PCI_DEVICES, O_RDONLY | O_DIRECTORY);
	if (c.devices < 0)
		return c.devices;
	begin(&c);
	write_overrides(&c);
	write_attributes(&c);
	release_bound(&c);
	drop_failed(&c);
	if (anything_pending(&c)) {
		*o->step = STEP_LOAD;
		/* Module loading visits every device with an override, a stuck one too. */
		err = c.stuck ? bounded_run(load_now, &c, RELEASE_MS) : load_now(&c);
		if (err == -ETIMEDOUT && !o->load_error[0])
			(void)snprintf(o->load_error, LOAD_ERROR, "loading the driver timed out");
	}
	probe(&c);
	read_back(&c);
	*o->step = STEP_DONE;
	(void)close(c.devices);
	return 0;
}

struct run_call {
	struct outcomes *o;
	const struct root *r;
	const struct plan *plan;
	struct modload *modules;
};

static int run_now(void *arg)
{
	const struct run_call *c = arg;

	return claim_run(c->o, c->r, c->plan, c->modules);
}

/* What the child could not finish is failed; the links say how the devices really are. */
static void settle(struct outcomes *o, const struct root *r, const struct plan *plan, int error)
{
	struct claim c = { .root = r, .plan = plan, .out = o };
	size_t i;

	c.devices = root_openat(r, PCI_DEVICES, O_RDONLY | O_DIRECTORY);
	for (i = 0; i < plan->inv->devs; i++) {
		if (o->dev[i].state == OUTCOME_NONE && is_claimed(&c, i))
			o->dev[i].state = OUTCOME_PENDING;
		if (o->dev[i].state != OUTCOME_NONE && c.devices >= 0)
			read_driver(&c, i);
		if (!pending(&c, i))
			continue;
		if (on_target(&c, i))
			o->dev[i].state = OUTCOME_CLAIMED;
		else
			fail(&c, i, *o->step, error);
	}
	if (c.devices >= 0)
		(void)close(c.devices);
}

int claim_plan(struct outcomes *o, const struct root *r, const struct plan *plan,
	       struct modload *modules)
{
	struct run_call call = { o, r, plan, modules };
	int err = bounded_run(run_now, &call, CLAIM_MS);

	o->timed_out = err == -ETIMEDOUT;
	settle(o, r, plan, err < 0 ? err : -EIO);
	return err;
}
