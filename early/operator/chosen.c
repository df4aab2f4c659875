/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operator/chosen.h"

#include <errno.h>

#include "group.h"
#include "operator/operand.h"

/* What the operand itself names. 0 or -errno. */
static int named_devices(bool *chosen, const char *operand, const struct plan *plan,
			 struct problems *problems)
{
	size_t rule, i;
	int r;

	if (operand_is_address(operand)) {
		r = operand_device(operand, plan->inv, problems);
		if (r >= 0)
			chosen[r] = true;
		return r < 0 ? r : 0;
	}
	r = operand_rules(operand, plan->policy, RULE_CLAIM, problems);
	for (rule = 0; r > 0 && rule < plan->policy->rules; rule++)
		for (i = 0; operand_names(operand, &plan->policy->rule[rule], RULE_CLAIM) &&
			    i < plan->inv->devs;
		     i++)
			chosen[i] |= plan_selects(plan, rule, i);
	return r < 0 ? r : 0;
}

static void add_groups(bool *chosen, const struct plan *plan)
{
	struct group g;
	size_t at, i;

	for (at = 0; group_next(plan, &at, &g);) {
		bool any = false;

		for (i = 0; i < g.members; i++)
			any |= chosen[g.member[i].dev];
		for (i = 0; any && i < g.members; i++)
			chosen[g.member[i].dev] = true;
	}
}

int chosen_devices(bool *chosen, const char *operand, bool only, const struct plan *plan,
		   struct problems *problems)
{
	int r = named_devices(chosen, operand, plan, problems), n = 0;
	size_t i;

	if (r < 0)
		return r;
	if (!only)
		add_groups(chosen, plan);
	for (i = 0; i < plan->inv->devs; i++) {
		if (class_is_bridge(plan->inv->dev[i].class))
			chosen[i] = false;
		n += chosen[i];
	}
	if (n)
		return n;
	problems_add(problems, EXIT_UNCLAIMED, NULL, "%s: nothing but bridges, or no device",
		     operand);
	return -ENODEV;
}
