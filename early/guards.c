/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guards that look at one group: protect, agreement, collateral, bound. Each knows the rules
 * that take the group and its members, and refuses with a sentence that a person can act on.
 */
#include <string.h>

#include "guards.h"
#include "text.h"

#define NAMED_AT_MOST 4

static const struct rule *rule_of(const struct group *g, size_t i)
{
	return &g->plan->policy->rule[i];
}

static bool is_bridge(const struct group *g, size_t i)
{
	return class_is_bridge(group_dev(g, i)->class);
}

bool guard_protect(struct plan *plan, const struct group *g)
{
	char addr[ADDR_TEXT], place[ORIGIN_TEXT];
	size_t rule, i;

	for (rule = 0; rule < g->plan->policy->rules; rule++) {
		if (rule_of(g, rule)->kind != RULE_PROTECT)
			continue;
		for (i = 0; i < g->members; i++) {
			if (!plan_selects(g->plan, rule, g->member[i].dev))
				continue;
			addr_format(&group_dev(g, i)->addr, addr);
			refuse_group(plan, g, "protect: %s (%s) in group %d is protected by %s",
				     addr, class_name(group_dev(g, i)->class), (int)g->number,
				     origin_format(&rule_of(g, rule)->origin, place));
			return true;
		}
	}
	return false;
}

/* Two values for the same thing; a rule that is silent agrees. */
static bool differ(const char *a, const char *b)
{
	return a && b && strcmp(a, b) != 0;
}

static bool attrs_differ(const struct group *g, size_t a, size_t b)
{
	size_t i;
	unsigned int k;

	for (i = 0; i < g->members; i++) {
		if (!plan_selects(g->plan, a, g->member[i].dev) ||
		    !plan_selects(g->plan, b, g->member[i].dev))
			continue;
		for (k = 0; k < RULE_ATTRS; k++)
			if (differ(rule_of(g, a)->attr[k], rule_of(g, b)->attr[k]))
				return true;
	}
	return false;
}

bool guard_agreement(struct plan *plan, const struct group *g)
{
	char one[ORIGIN_TEXT], two[ORIGIN_TEXT];
	size_t a, b;

	for (a = 0; a < g->plan->policy->rules; a++) {
		if (!group_taken_by(g, a))
			continue;
		for (b = a + 1; b < g->plan->policy->rules; b++) {
			if (!group_taken_by(g, b))
				continue;
			if (!differ(rule_of(g, a)->driver, rule_of(g, b)->driver) &&
			    !attrs_differ(g, a, b))
				continue;
			refuse_group(plan, g,
				     "disagreement: %s and %s ask for different driver= or attr. "
				     "values in group %d; remove one",
				     origin_format(&rule_of(g, a)->origin, one),
				     origin_format(&rule_of(g, b)->origin, two), (int)g->number);
			return true;
		}
	}
	return false;
}

/* What the active rules that take the group say together. */
struct consent {
	bool collateral; /* allow=collateral, or expect= that lists every member */
	bool whole; /* a rule that names only the group */
	bool rebind;
};

static struct consent group_consent(const struct group *g)
{
	struct consent c = { false, false, false };
	const uint32_t narrow = 1U << KEY_DEVICE | 1U << KEY_PATH | 1U << KEY_ID;
	size_t rule;

	for (rule = 0; rule < g->plan->policy->rules; rule++) {
		const struct rule *r = rule_of(g, rule);

		if (!group_taken_by(g, rule))
			continue;
		c.collateral |= r->allow & ALLOW_COLLATERAL || rule_has(r, KEY_EXPECT);
		c.whole |= !(r->given & narrow);
		c.rebind |= r->rebind;
	}
	return c;
}

/* True if a rule that takes the group names a function of this slot. */
static bool slot_named(const struct group *g, const struct pci_dev *d)
{
	size_t i, rule;

	for (i = 0; i < g->members; i++) {
		if (!addr_same_slot(&group_dev(g, i)->addr, &d->addr))
			continue;
		for (rule = 0; rule < g->plan->policy->rules; rule++)
			if (rule_of(g, rule)->kind == RULE_CLAIM &&
			    g->plan->rule[rule].state == RULE_ACTIVE &&
			    plan_selects(g->plan, rule, g->member[i].dev))
				return true;
	}
	return false;
}

static bool spans_slots(const struct group *g)
{
	const struct pci_dev *first = NULL;
	size_t i;

	for (i = 0; i < g->members; i++) {
		if (is_bridge(g, i))
			continue;
		if (first && !addr_same_slot(&first->addr, &group_dev(g, i)->addr))
			return true;
		if (!first)
			first = group_dev(g, i);
	}
	return false;
}

/* "00:1f.0 ISA bridge, 00:1f.2 SATA controller (ahci)": what a claim would take from the host. */
static void name_member(char *text, size_t size, unsigned int *named, const struct pci_dev *d)
{
	char addr[ADDR_TEXT];

	if (++*named > NAMED_AT_MOST)
		return;
	addr_format(&d->addr, addr);
	text_append(text, size, "%s%s %s", *named > 1 ? ", " : "", addr, class_name(d->class));
	if (d->driver[0])
		text_append(text, size, " (%s)", d->driver);
}

bool guard_collateral(struct plan *plan, const struct group *g)
{
	struct consent c = group_consent(g);
	bool slots = spans_slots(g), platform = false;
	char text[REASON_TEXT] = "";
	unsigned int named = 0;
	size_t i;

	if (c.collateral)
		return false;
	for (i = 0; i < g->members; i++)
		platform |= class_is_platform(group_dev(g, i)->class);
	for (i = 0; i < g->members; i++) {
		const struct pci_dev *d = group_dev(g, i);
		bool disk = class_is_storage(d->class) || class_is_network(d->class);
		bool alien = c.whole ? disk && (slots || platform) : !slot_named(g, d);

		if (!is_bridge(g, i) &&
		    (class_is_platform(d->class) || alien || (platform && disk)))
			name_member(text, sizeof(text), &named, d);
	}
	if (!named)
		return false;
	if (named > NAMED_AT_MOST)
		text_append(text, sizeof(text), " and %u more", named - NAMED_AT_MOST);
	refuse_group(plan, g,
		     "collateral: group %d holds %s; list all members in expect= or say "
		     "allow=collateral",
		     (int)g->number, text);
	return true;
}

/* Drivers whose unbind is known to hang or to take the console down. */
static bool hangs_on_unbind(const struct pci_dev *d)
{
	if (strcmp(d->driver, "nvidia") == 0)
		return true;
	return strcmp(d->driver, "amdgpu") == 0 && (d->boot_display || d->has_console);
}

bool guard_bound(struct plan *plan, const struct group *g)
{
	struct consent c = group_consent(g);
	char addr[ADDR_TEXT];
	size_t i;

	if (c.rebind)
		return false;
	for (i = 0; i < g->members; i++) {
		const struct pci_dev *d = group_dev(g, i);

		if (!hangs_on_unbind(d))
			continue;
		addr_format(&d->addr, addr);
		refuse_group(plan, g,
			     "bound: %s is held by %s, whose release is known to hang; claim it "
			     "before that driver loads, or say rebind=yes",
			     addr, d->driver);
		return true;
	}
	return false;
}
