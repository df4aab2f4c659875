/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "claim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "attr.h"
#include "bounded.h"
#include "claim_inside.h"
#include "claim_modules.h"
#include "group.h"
#include "policy_keys.h"
#include "text.h"

const char *claim_path(const struct claim *c, size_t i, const char *attr, char buf[DEV_PATH])
{
	char *at = buf;

	addr_format(&c->plan->inv->dev[i].addr, buf);
	at = text_put(at + strlen(at), buf + DEV_PATH, "/");
	(void)text_put(at, buf + DEV_PATH, attr);
	return buf;
}

struct outcome *claim_pending(struct claim *c, size_t i)
{
	struct outcome *o = &c->out->dev[i];

	return o->state == OUTCOME_PENDING ? o : NULL;
}

void claim_fail(struct claim *c, size_t i, enum claim_step step, int error)
{
	struct outcome *o = &c->out->dev[i];

	o->state = OUTCOME_FAILED;
	o->step = step;
	o->error = error;
}

void claim_read_driver(struct claim *c, size_t i)
{
	char path[DEV_PATH];
	struct outcome *o = &c->out->dev[i];

	if (attr_link_name(c->devices, claim_path(c, i, "driver", path), o->driver,
			   sizeof(o->driver)) < 0)
		o->driver[0] = '\0';
}

static bool is_claimed(const struct claim *c, size_t i)
{
	return c->plan->dev[i].action == ACTION_CLAIM;
}

static bool on_target(const struct claim *c, size_t i)
{
	return strcmp(c->out->dev[i].driver, c->plan->dev[i].target) == 0;
}

/* With the drivers that the plan was made with. One that came since then is seen when probing. */
static void begin(struct claim *c)
{
	size_t i;

	for (i = 0; i < c->plan->inv->devs; i++) {
		if (!is_claimed(c, i))
			continue;
		memcpy(c->out->dev[i].driver, c->plan->inv->dev[i].driver, DRIVER_NAME);
		c->out->dev[i].state = on_target(c, i) ? OUTCOME_ALREADY : OUTCOME_PENDING;
	}
}

static void write_overrides(struct claim *c)
{
	char path[DEV_PATH];
	size_t i;
	int r;

	*c->out->step = STEP_OVERRIDE;
	for (i = 0; i < c->plan->inv->devs; i++) {
		if (!claim_pending(c, i))
			continue;
		r = attr_write(c->devices, claim_path(c, i, "driver_override", path),
			       c->plan->dev[i].target);
		if (r < 0)
			claim_fail(c, i, STEP_OVERRIDE, r);
	}
}

static void write_attributes(struct claim *c)
{
	char path[DEV_PATH];
	size_t i, rule;
	unsigned int k;
	int r;

	*c->out->step = STEP_ATTRIBUTE;
	for (i = 0; i < c->plan->inv->devs; i++) {
		for (rule = 0; claim_pending(c, i) && rule < c->plan->policy->rules; rule++) {
			const struct rule *pr = &c->plan->policy->rule[rule];

			if (c->plan->rule[rule].state != RULE_ACTIVE ||
			    !plan_selects(c->plan, rule, i))
				continue;
			for (k = 0; k < RULE_ATTRS; k++) {
				if (!pr->attr[k])
					continue;
				r = attr_write(c->devices,
					       claim_path(c, i, keys_attr_name(k), path),
					       pr->attr[k]);
				if (r < 0)
					c->out->dev[i].attr_error = r;
			}
		}
	}
}

static bool anything_pending(struct claim *c)
{
	size_t i;

	for (i = 0; i < c->plan->inv->devs; i++)
		if (claim_pending(c, i))
			return true;
	return false;
}

static int load_now(void *arg)
{
	struct claim *c = arg;

	return claim_modules(c->root, c->plan, c->out, c->modules);
}

/* Where loading the driver was enough, what is read here is the proof. */
static void probe(struct claim *c)
{
	char addr[ADDR_TEXT];
	size_t i;
	int r;

	*c->out->step = STEP_PROBE;
	for (i = 0; i < c->plan->inv->devs; i++) {
		struct outcome *o = claim_pending(c, i);

		if (!o)
			continue;
		claim_read_driver(c, i);
		if (on_target(c, i))
			o->state = OUTCOME_CLAIMED;
		if (o->driver[0])
			continue;
		addr_format(&c->plan->inv->dev[i].addr, addr);
		r = claim_write(c, c->root->fd, PCI_PROBE, addr);
		if (r < 0)
			o->error = r;
	}
}

static void read_back(struct claim *c)
{
	size_t i;

	*c->out->step = STEP_READ_BACK;
	for (i = 0; i < c->plan->inv->devs; i++) {
		struct outcome *o = claim_pending(c, i);

		if (!o)
			continue;
		claim_read_driver(c, i);
		if (on_target(c, i)) {
			o->state = OUTCOME_CLAIMED;
			continue;
		}
		claim_fail(c, i,
			   claim_driver_there(c->root, c->plan->dev[i].target) ? STEP_PROBE
									       : STEP_LOAD,
			   o->error);
		if (o->driver[0])
			o->state = OUTCOME_LOST;
		claim_restore(c, i);
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
	if (o->held)
		claim_tell_held(&c);
	claim_release(&c);
	if (anything_pending(&c)) {
		*o->step = STEP_LOAD;
		/* Module loading visits every device with an override, a stuck one too. */
		err = c.stuck ? bounded_run_here(load_now, &c, RELEASE_MS) : load_now(&c);
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
			claim_read_driver(&c, i);
		if (!claim_pending(&c, i))
			continue;
		if (on_target(&c, i))
			o->dev[i].state = OUTCOME_CLAIMED;
		else
			claim_fail(&c, i, *o->step, error);
	}
	if (c.devices >= 0)
		(void)close(c.devices);
}

int claim_plan(struct outcomes *o, const struct root *r, const struct plan *plan,
	       struct modload *modules)
{
	struct run_call call = { o, r, plan, modules };
	int err = bounded_run_here(run_now, &call, CLAIM_MS);

	o->timed_out = err == -ETIMEDOUT;
	if (err < 0 || *o->step != STEP_DONE)
		settle(o, r, plan, err < 0 ? err : -EIO);
	return err;
}
