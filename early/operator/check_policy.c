/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions about the policy alone: is it understood, is all of it possible here? */
#include <stdio.h>
#include <string.h>

#include "meminfo.h"
#include "operator/check.h"
#include "operator/files.h"

void check_policy(struct check *c)
{
	const struct problems *p = &c->d.problems;
	unsigned int i;

	for (i = 0; i < p->kept; i++)
		if (strncmp(p->text[i], "/" PCI_DEVICES, sizeof(PCI_DEVICES)) != 0)
			answer(c, ANSWER_PROBLEM, NULL, "%s", p->text[i]);
	if (p->count > p->kept)
		answer(c, ANSWER_PROBLEM, NULL, "and %u more problems", p->count - p->kept);
	if (c->d.policy.disabled)
		answer(c, ANSWER_WARNING, "take it off the command line to have the policy count",
		       "vfio_early= switches everything off");
	else if (!c->d.policy.rules && !c->shown)
		answer(c, ANSWER_OK, "vfio-early pin DEVICE prints one",
		       "there is no rule, nothing would be claimed");
	else if (!c->shown)
		answer(c, ANSWER_OK, NULL, "rules: %zu, all understood", c->d.policy.rules);
}

void check_rules(struct check *c)
{
	const struct plan *plan = c->d.result.plan;
	char place[ORIGIN_TEXT];
	size_t i, claims = 0;
	int dev, devs = 0;

	if (!plan) {
		answer(c, ANSWER_UNKNOWN, NULL, "without devices nobody can tell");
		return;
	}
	for (i = 0; i < c->d.policy.rules; i++) {
		const struct plan_rule *pr = &plan->rule[i];

		claims += pr->state != RULE_IDLE;
		if (pr->state != RULE_ABSENT && pr->state != RULE_REFUSED)
			continue;
		answer(c, pr->status == EXIT_DONE ? ANSWER_OK : ANSWER_PROBLEM, NULL, "%s: %s: %s",
		       origin_format(&c->d.policy.rule[i].origin, place),
		       rule_state_name(pr->state), pr->reason);
	}
	for (dev = check_next_claimed(c, 0); dev >= 0; dev = check_next_claimed(c, (size_t)dev + 1))
		devs++;
	if (!c->shown)
		answer(c, ANSWER_OK, NULL, "claims: %zu, devices: %d", claims, devs);
}

/* The other device of this identity in another slot that the same rule names, or -1. */
static int find_twin(const struct check *c, size_t rule, int dev)
{
	const struct pci_dev *d = &c->d.inv.dev[dev];
	size_t i;

	for (i = (size_t)dev + 1; i < c->d.inv.devs; i++)
		if (plan_selects(&c->d.plan, rule, i) &&
		    !addr_same_slot(&d->addr, &c->d.inv.dev[i].addr) &&
		    id_matches(&d->id, &c->d.inv.dev[i].id))
			return (int)i;
	return -1;
}

static void twins_of_rule(struct check *c, size_t rule)
{
	char place[ORIGIN_TEXT], one[ADDR_TEXT], two[ADDR_TEXT];
	size_t i;

	for (i = 0; i < c->d.inv.devs; i++) {
		int twin = plan_selects(&c->d.plan, rule, i) ? find_twin(c, rule, (int)i) : -1;

		if (twin < 0)
			continue;
		answer(c, ANSWER_WARNING, "name the card by its address: vfio-early pin DEVICE",
		       "%s: id= fits identical devices, among them %s and %s",
		       origin_format(&c->d.policy.rule[rule].origin, place),
		       check_addr(c, (int)i, one), check_addr(c, twin, two));
		return;
	}
}

void check_twins(struct check *c)
{
	size_t i;

	for (i = 0; c->d.result.plan && i < c->d.policy.rules; i++) {
		const struct rule *r = &c->d.policy.rule[i];

		if (r->kind == RULE_CLAIM && rule_has(r, KEY_ID) && !rule_has(r, KEY_DEVICE) &&
		    !rule_has(r, KEY_PATH))
			twins_of_rule(c, i);
	}
	if (!c->shown)
		answer(c, ANSWER_OK, NULL, "no rule takes identical devices by their id");
}

#define HUGEPAGES_DIR "sys/kernel/mm/hugepages/hugepages-%llukB"

/* The bytes that the rule asks for. */
static uint64_t ask_pages(struct check *c, const struct rule *r)
{
	unsigned long long kb = r->size >> 10;
	char rel[FILES_PATH], place[ORIGIN_TEXT], have[24];
	uint32_t pages;

	(void)snprintf(rel, sizeof(rel), HUGEPAGES_DIR, kb);
	if (!root_exists(&c->o->root, rel)) {
		answer(c, ANSWER_PROBLEM,
		       "take another size=", "%s: this kernel has no huge pages of %llu kB",
		       origin_format(&r->origin, place), kb);
		return 0;
	}
	(void)snprintf(rel, sizeof(rel), HUGEPAGES_DIR "/nr_hugepages", kb);
	if (files_first(&c->o->root, rel, have, sizeof(have)) > 0) {
		pages = (uint32_t)strtoul(have, NULL, 10);
		answer(c, pages < r->count ? ANSWER_WARNING : ANSWER_OK,
		       pages < r->count ? "the next boot reserves them" : NULL,
		       "%s: asked for %u pages of %llu kB, the kernel has %u now",
		       origin_format(&r->origin, place), r->count, kb, pages);
	}
	return r->size * r->count;
}

void check_hugepages(struct check *c)
{
	uint64_t total = 0, asked = 0;
	size_t i;
	int err;

	for (i = 0; i < c->d.policy.rules; i++)
		if (c->d.policy.rule[i].kind == RULE_HUGEPAGES)
			asked += ask_pages(c, &c->d.policy.rule[i]);
	err = meminfo_read(&c->o->root, "MemTotal:", &total);
	if (asked && err < 0)
		answer(c, ANSWER_UNKNOWN, NULL, "/" PROC_MEMINFO " cannot be read");
	else if (asked > total)
		answer(c, ANSWER_PROBLEM, "ask for fewer",
		       "the huge pages need %llu MiB, the machine has %llu MiB",
		       (unsigned long long)(asked >> 20), (unsigned long long)(total >> 20));
	else if (!c->shown)
		answer(c, ANSWER_OK, NULL, "the policy asks for none");
}
