/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "group.h"

#include <stdarg.h>
#include <stdio.h>

bool group_next(const struct plan *plan, size_t *at, struct group *g)
{
	size_t first = *at;

	if (first >= plan->grouped)
		return false;
	g->plan = plan;
	g->member = &plan->by_group[first];
	g->number = g->member[0].group;
	while (*at < plan->grouped && plan->by_group[*at].group == g->number)
		(*at)++;
	g->members = *at - first;
	return true;
}

const struct pci_dev *group_dev(const struct group *g, size_t i)
{
	return &g->plan->inv->dev[g->member[i].dev];
}

bool plan_selects(const struct plan *plan, size_t rule, size_t dev)
{
	const uint8_t *bits = plan->rule[rule].selected;

	return bits && bits[dev / 8] & 1U << dev % 8;
}

bool group_named_by(const struct group *g, size_t rule)
{
	size_t i;

	if (!g->plan->rule[rule].selected)
		return false;
	for (i = 0; i < g->members; i++)
		if (plan_selects(g->plan, rule, g->member[i].dev))
			return true;
	return false;
}

bool group_taken_by(const struct group *g, size_t rule)
{
	return g->plan->rule[rule].state == RULE_ACTIVE && group_named_by(g, rule);
}

int group_first_rule(const struct group *g)
{
	size_t i;

	for (i = 0; i < g->plan->policy->rules; i++)
		if (group_taken_by(g, i))
			return (int)i;
	return NO_RULE;
}

void refuse_rule(struct plan *plan, size_t rule, enum exit_status status, const char *format, ...)
{
	struct plan_rule *pr = &plan->rule[rule];
	va_list ap;

	if (pr->state == RULE_REFUSED)
		return;
	pr->state = RULE_REFUSED;
	pr->status = status;
	va_start(ap, format);
	(void)vsnprintf(pr->reason, sizeof(pr->reason), format, ap);
	va_end(ap);
}

void refuse_group(struct plan *plan, const struct group *g, const char *format, ...)
{
	char reason[REASON_TEXT];
	va_list ap;
	size_t i;

	va_start(ap, format);
	(void)vsnprintf(reason, sizeof(reason), format, ap);
	va_end(ap);
	for (i = 0; i < plan->policy->rules; i++)
		if (group_taken_by(g, i))
			refuse_rule(plan, i, EXIT_UNCLAIMED, "%s", reason);
}
