/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The identity guard: the members of the group are exactly what expect= lists. There is no consent
 * to a mismatch; the reason names the field that differs.
 */
#include <string.h>

#include "guards.h"

#define MEMBERS_MAX POLICY_EXPECT_MAX

struct match {
	bool wanted[POLICY_EXPECT_MAX]; /* this entry of expect= is still looking */
	bool loose[MEMBERS_MAX]; /* this member is not listed yet */
};

static void match_entries(const struct group *g, const struct rule *r, struct match *m,
			  bool with_subsystem)
{
	unsigned int e;
	size_t i;

	for (e = 0; e < r->expects; e++) {
		if (!m->wanted[e] || r->expect[e].has_sub != with_subsystem)
			continue;
		for (i = 0; i < g->members && m->wanted[e]; i++) {
			if (!m->loose[i] || !id_matches(&r->expect[e], &group_dev(g, i)->id))
				continue;
			m->wanted[e] = false;
			m->loose[i] = false;
		}
	}
}

static const char *differing_field(const struct pci_id *want, const struct pci_id *have)
{
	if (want->vendor != have->vendor)
		return "vendor";
	if (want->device != have->device)
		return "device id";
	return want->subvendor != have->subvendor ? "subsystem vendor" : "subsystem device";
}

static void explain(struct plan *plan, const struct group *g, const struct rule *r,
		    const struct pci_id *want, const struct pci_dev *d)
{
	char id[ID_TEXT] = "", have[ID_TEXT] = "", addr[ADDR_TEXT] = "", place[ORIGIN_TEXT];

	if (want)
		id_format(want, id);
	if (d) {
		addr_format(&d->addr, addr);
		id_format(&d->id, have);
	}
	(void)origin_format(&r->origin, place);
	if (want && d)
		refuse_group(plan, g,
			     "identity: %s of %s differs: expect= says %s, the device is %s (%s)",
			     differing_field(want, &d->id), addr, id, have, place);
	else if (want)
		refuse_group(
			plan, g,
			"identity: member missing: expect= says %s, group %d has none such (%s)",
			id, (int)g->number, place);
	else
		refuse_group(plan, g,
			     "identity: additional member: %s [%s] is in group %d but not in "
			     "expect= (%s)",
			     addr, have, (int)g->number, place);
}

/* The entry and the member that come closest: the same vendor and device if there are such. */
static bool mismatch(struct plan *plan, const struct group *g, const struct rule *r,
		     const struct match *m)
{
	const struct pci_id *want = NULL;
	const struct pci_dev *other = NULL;
	unsigned int e;
	size_t i;

	for (e = 0; e < r->expects && !want; e++)
		if (m->wanted[e])
			want = &r->expect[e];
	for (i = 0; i < g->members; i++) {
		const struct pci_dev *d = group_dev(g, i);

		if (!m->loose[i] || class_is_bridge(d->class))
			continue;
		if (!other || (want && want->vendor == d->id.vendor &&
			       (other->id.vendor != d->id.vendor || want->device == d->id.device)))
			other = d;
	}
	if (!want && !other)
		return false;
	explain(plan, g, r, want, other);
	return true;
}

/* Entries with a subsystem choose first, so that an open one does not take what only they fit.
 * Bridges may be listed, and need not be. */
static bool check(struct plan *plan, const struct group *g, const struct rule *r)
{
	struct match m;
	unsigned int e;
	size_t i;

	if (g->members > MEMBERS_MAX) {
		refuse_group(plan, g, "identity: group %d has more than %d members", (int)g->number,
			     MEMBERS_MAX);
		return true;
	}
	for (e = 0; e < r->expects; e++)
		m.wanted[e] = true;
	for (i = 0; i < g->members; i++)
		m.loose[i] = true;
	match_entries(g, r, &m, true);
	match_entries(g, r, &m, false);
	return mismatch(plan, g, r, &m);
}

bool guard_identity(struct plan *plan, const struct group *g)
{
	size_t rule;

	for (rule = 0; rule < g->plan->policy->rules; rule++) {
		const struct rule *r = &g->plan->policy->rule[rule];

		if (rule_has(r, KEY_EXPECT) && group_taken_by(g, rule) && check(plan, g, r))
			return true;
	}
	return false;
}
