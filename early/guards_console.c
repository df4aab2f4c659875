/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The console guard: at least one display controller stays with the host. One without outputs (a 3D
 * controller, the second GPU of many laptops) is no console: it neither counts as left nor as
 * taken.
 */
#include "guards.h"

static bool allows_console(const struct group *g)
{
	size_t rule;

	for (rule = 0; rule < g->plan->policy->rules; rule++)
		if (g->plan->policy->rule[rule].allow & ALLOW_CONSOLE && group_taken_by(g, rule))
			return true;
	return false;
}

static int last_rule(const struct group *g)
{
	size_t rule = g->plan->policy->rules;

	while (rule--)
		if (group_taken_by(g, rule))
			return (int)rule;
	return NO_RULE;
}

/* What the active rules take of the displays. */
struct displays {
	bool left; /* the host keeps one */
	bool found; /* a group below is to be refused */
	bool marked; /* it holds the boot display */
	int rule; /* the last rule that takes it */
	struct group group;
	const struct pci_dev *dev;
};

static void see_group(struct displays *s, const struct group *g)
{
	int rule = last_rule(g);
	size_t i;

	for (i = 0; i < g->members; i++) {
		const struct pci_dev *d = group_dev(g, i);

		if (!class_shows_console(d->class))
			continue;
		if (rule == NO_RULE)
			s->left = true;
		else if (!s->found || (d->boot_display && !s->marked) ||
			 (!s->marked && rule > s->rule)) {
			s->found = true;
			s->marked = d->boot_display;
			s->rule = rule;
			s->group = *g;
			s->dev = d;
		}
	}
}

bool guard_console(struct plan *plan)
{
	struct displays s = { .rule = NO_RULE };
	char addr[ADDR_TEXT];
	struct group g;
	size_t i, at;

	for (i = 0; i < plan->inv->devs; i++)
		if (class_shows_console(plan->inv->dev[i].class) && plan->inv->dev[i].group < 0)
			s.left = true;
	for (at = 0; group_next(plan, &at, &g);)
		see_group(&s, &g);
	if (s.left || !s.found || allows_console(&s.group))
		return false;
	addr_format(&s.dev->addr, addr);
	refuse_group(plan, &s.group,
		     "console: no display controller would be left for the host, and %s %s; "
		     "say allow=console to give it away",
		     addr, s.marked ? "is the boot display" : "is the last one");
	return true;
}
