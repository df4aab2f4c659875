/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which devices a rule names: group=, device=, path= and id= against the inventory. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "guards.h"

struct wanted {
	const struct rule *rule;
	int device; /* what device= and path= lead to: index or -errno */
	int path;
};

static void resolve(struct wanted *w, const struct rule *r, const struct inventory *inv)
{
	w->rule = r;
	w->device = w->path = -ENOENT;
	if (rule_has(r, KEY_DEVICE))
		w->device = inventory_find(inv, &r->device);
	if (rule_has(r, KEY_PATH))
		w->path = inventory_walk(inv, &r->path);
}

/* Several selectors in one rule must all fit. */
static bool fits(const struct wanted *w, const struct inventory *inv, size_t i)
{
	const struct pci_dev *d = &inv->dev[i];
	const struct rule *r = w->rule;

	if (rule_has(r, KEY_GROUP) && (d->group < 0 || (uint32_t)d->group != r->group))
		return false;
	if (rule_has(r, KEY_DEVICE) && w->device != (int)i)
		return false;
	if (rule_has(r, KEY_PATH) && w->path != (int)i)
		return false;
	return !rule_has(r, KEY_ID) || id_matches(&r->id, &d->id);
}

static void absent(struct plan *plan, size_t rule, const char *what)
{
	struct plan_rule *pr = &plan->rule[rule];

	pr->state = RULE_ABSENT;
	pr->status = rule_has(&plan->policy->rule[rule], KEY_OPTIONAL) ? EXIT_DONE : EXIT_UNCLAIMED;
	(void)snprintf(pr->reason, sizeof(pr->reason), "%s", what);
}

/* No device fits: say which selector is to blame. */
static void explain_absence(struct plan *plan, size_t rule, const struct wanted *w)
{
	const struct inventory *inv = plan->inv;
	const struct rule *r = w->rule;
	char addr[ADDR_TEXT], id[ID_TEXT], text[REASON_TEXT];

	if (rule_has(r, KEY_PATH) && w->path == -ENOTUNIQ) {
		refuse_rule(plan, rule, EXIT_UNCLAIMED, "path= leads to more than one device");
		return;
	}
	if (rule_has(r, KEY_DEVICE) && w->device < 0) {
		addr_format(&r->device, addr);
		(void)snprintf(text, sizeof(text), "there is no PCI device %s", addr);
	} else if (rule_has(r, KEY_PATH) && w->path < 0) {
		(void)snprintf(text, sizeof(text), "path= leads to no device");
	} else if (rule_has(r, KEY_GROUP) && !inv->iommu.any_group) {
		refuse_rule(plan, rule, EXIT_ENVIRONMENT, "there are no IOMMU groups: %s",
			    iommu_hint(&inv->iommu));
		return;
	} else if (rule_has(r, KEY_DEVICE) || rule_has(r, KEY_PATH)) {
		addr_format(&inv->dev[w->device >= 0 ? w->device : w->path].addr, addr);
		id_format(&inv->dev[w->device >= 0 ? w->device : w->path].id, id);
		refuse_rule(plan, rule, EXIT_UNCLAIMED,
			    "identity: %s [%s] is not what the rule's other selectors say", addr,
			    id);
		return;
	} else if (rule_has(r, KEY_ID)) {
		id_format(&r->id, id);
		(void)snprintf(text, sizeof(text), "no PCI device %shas the id %s",
			       rule_has(r, KEY_GROUP) ? "of that group " : "", id);
	} else {
		(void)snprintf(text, sizeof(text), "there is no IOMMU group %u, the last one is %u",
			       (unsigned int)r->group, (unsigned int)inv->iommu.last_group);
	}
	absent(plan, rule, text);
}

static void select_for_rule(struct plan *plan, size_t rule)
{
	const struct inventory *inv = plan->inv;
	struct plan_rule *pr = &plan->rule[rule];
	const struct pci_dev *bridge = NULL;
	char addr[ADDR_TEXT];
	struct wanted w;
	size_t i, found = 0;

	resolve(&w, &plan->policy->rule[rule], inv);
	pr->state = RULE_ACTIVE;
	for (i = 0; i < inv->devs; i++) {
		if (!fits(&w, inv, i))
			continue;
		if (class_is_bridge(inv->dev[i].class)) {
			bridge = &inv->dev[i];
			continue;
		}
		pr->selected[i / 8] |= (uint8_t)(1U << i % 8);
		found++;
		if (inv->dev[i].group >= 0 || w.rule->kind == RULE_PROTECT)
			continue;
		addr_format(&inv->dev[i].addr, addr);
		refuse_rule(plan, rule, inv->iommu.any_group ? EXIT_UNCLAIMED : EXIT_ENVIRONMENT,
			    "iommu: %s has no IOMMU group: %s", addr, iommu_hint(&inv->iommu));
	}
	if (found)
		return;
	if (!bridge) {
		explain_absence(plan, rule, &w);
		return;
	}
	addr_format(&bridge->addr, addr);
	refuse_rule(plan, rule, EXIT_UNCLAIMED,
		    "%s is a PCI-to-PCI bridge: bridges are never claimed, name what is behind it",
		    addr);
}

int select_devices(struct plan *plan)
{
	const struct policy *policy = plan->policy;
	size_t bytes = plan->inv->devs / 8 + 1;
	size_t i;

	for (i = 0; i < policy->rules; i++) {
		struct plan_rule *pr = &plan->rule[i];

		if (!(policy->rule[i].kind & (RULE_CLAIM | RULE_PROTECT)))
			continue;
		pr->selected = calloc(1, bytes);
		if (!pr->selected)
			return -ENOMEM;
		select_for_rule(plan, i);
		if (policy->rule[i].kind == RULE_PROTECT) {
			pr->state = RULE_IDLE; /* a device that is not there needs no protection */
			pr->status = EXIT_DONE;
		}
	}
	return 0;
}
