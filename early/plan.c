/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan.h"

#include <errno.h>
#include <string.h>

#include "guards.h"
#include "text.h"

static int by_group(const void *a, const void *b)
{
	const struct group_member *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return x->dev < y->dev ? -1 : 1;
}

static int build_groups(struct plan *plan)
{
	const struct inventory *inv = plan->inv;
	size_t i;

	plan->by_group = calloc(inv->devs + 1, sizeof(*plan->by_group));
	if (!plan->by_group)
		return -ENOMEM;
	for (i = 0; i < inv->devs; i++)
		if (inv->dev[i].group >= 0)
			plan->by_group[plan->grouped++] =
				(struct group_member){ inv->dev[i].group, (uint32_t)i };
	qsort(plan->by_group, plan->grouped, sizeof(*plan->by_group), by_group);
	return 0;
}

/* Guards in the order in which they are worth telling. A refusal can take away the consent or the
 * named slot that another rule leaned on, so this goes on until nothing changes; each round but
 * the last refuses at least one rule. */
static void apply_guards(struct plan *plan)
{
	bool changed = true;
	struct group g;
	size_t at;

	while (changed) {
		changed = false;
		for (at = 0; group_next(plan, &at, &g);) {
			if (group_first_rule(&g) == NO_RULE)
				continue;
			changed |= guard_protect(plan, &g) || guard_identity(plan, &g) ||
				   guard_agreement(plan, &g) || guard_collateral(plan, &g) ||
				   guard_bound(plan, &g);
		}
		changed = changed || guard_console(plan);
	}
}

/* The driver that the group's rules ask for. They agree: guard_agreement() saw to it. */
static const char *group_target(const struct group *g)
{
	size_t i;

	for (i = 0; i < g->plan->policy->rules; i++)
		if (g->plan->policy->rule[i].driver && group_taken_by(g, i))
			return g->plan->policy->rule[i].driver;
	return "vfio-pci";
}

static void decide_group(struct plan *plan, const struct group *g)
{
	int rule = group_first_rule(g);
	const char *target = rule == NO_RULE ? "" : group_target(g);
	size_t i;

	for (i = 0; rule != NO_RULE && i < g->members; i++) {
		struct plan_dev *pd = &plan->dev[g->member[i].dev];

		pd->rule = rule;
		if (class_is_bridge(group_dev(g, i)->class))
			continue;
		pd->action = ACTION_CLAIM;
		text_join(pd->target, sizeof(pd->target), target);
	}
}

static void mark_refused(struct plan *plan, size_t rule, size_t dev)
{
	struct plan_dev *pd = &plan->dev[dev];

	if (pd->action != ACTION_LEAVE || class_is_bridge(plan->inv->dev[dev].class))
		return;
	pd->action = ACTION_REFUSE;
	pd->rule = (int32_t)rule;
}

/* The devices that the refused rule would have taken and no other rule takes. */
static void mark_rule_refused(struct plan *plan, size_t rule)
{
	struct group g;
	size_t i, at;

	for (at = 0; group_next(plan, &at, &g);)
		for (i = 0; group_named_by(&g, rule) && i < g.members; i++)
			mark_refused(plan, rule, g.member[i].dev);
	for (i = 0; i < plan->inv->devs; i++)
		if (plan_selects(plan, rule, i))
			mark_refused(plan, rule, i);
}

static void decide(struct plan *plan)
{
	struct group g;
	size_t i, at;

	for (at = 0; group_next(plan, &at, &g);)
		decide_group(plan, &g);
	for (i = 0; i < plan->policy->rules; i++) {
		if (plan->rule[i].state == RULE_REFUSED)
			mark_rule_refused(plan, i);
		if (plan->rule[i].state != RULE_ACTIVE)
			plan->status = status_worse(plan->status, plan->rule[i].status);
	}
}

int plan_make(struct plan *plan, const struct policy *policy, const struct inventory *inv)
{
	size_t i;
	int r;

	memset(plan, 0, sizeof(*plan));
	plan->policy = policy;
	plan->inv = inv;
	plan->rule = calloc(policy->rules + 1, sizeof(*plan->rule));
	plan->dev = calloc(inv->devs + 1, sizeof(*plan->dev));
	r = plan->rule && plan->dev ? build_groups(plan) : -ENOMEM;
	for (i = 0; r == 0 && i < inv->devs; i++)
		plan->dev[i].rule = NO_RULE;
	if (r == 0)
		r = select_devices(plan);
	if (r < 0) {
		plan_free(plan);
		return r;
	}
	apply_guards(plan);
	decide(plan);
	return 0;
}

void plan_free(struct plan *plan)
{
	size_t i;

	for (i = 0; plan->rule && i < plan->policy->rules; i++)
		free(plan->rule[i].selected);
	free(plan->rule);
	free(plan->dev);
	free(plan->by_group);
	memset(plan, 0, sizeof(*plan));
}

static const char *why(const struct plan *plan, size_t dev)
{
	const struct plan_dev *pd = &plan->dev[dev];

	if (pd->rule == NO_RULE)
		return "no rule names it";
	if (pd->action == ACTION_REFUSE)
		return plan->rule[pd->rule].reason;
	if (pd->action == ACTION_LEAVE)
		return "PCI-to-PCI bridge, stays with its driver";
	return plan_selects(plan, (size_t)pd->rule, dev) ? "named by the rule" : NULL;
}

const char *plan_reason(const struct plan *plan, size_t dev, char buf[REASON_TEXT])
{
	const char *reason = why(plan, dev);
	char *at, *end = buf + REASON_TEXT;

	*buf = '\0';
	at = text_put(buf, end, reason ? reason : "shares IOMMU group ");
	if (!reason) {
		at = text_put_number(at, end, (uint64_t)plan->inv->dev[dev].group);
		(void)text_put(at, end, " with what the rule names");
	}
	return buf;
}

const char *action_name(enum action a)
{
	return a == ACTION_CLAIM ? "claim" : a == ACTION_REFUSE ? "refuse" : "leave";
}

const char *rule_state_name(enum rule_state s)
{
	static const char *const names[] = { "noted", "claim", "absent", "refused" };

	return names[s];
}
