/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scene.h"

#include <string.h>

#include "claim.h"
#include "fakesys.h"
#include "unit.h"

struct pci_dev *scene_device(struct scene *s, const char *addr, const char *id, uint32_t class,
			     int group)
{
	struct pci_dev *d;
	const char *why;

	if (s->inv.devs == s->inv.room) {
		s->inv.room += 64;
		s->inv.dev = realloc(s->inv.dev, s->inv.room * sizeof(*s->inv.dev));
		assert_non_null(s->inv.dev);
	}
	d = &s->inv.dev[s->inv.devs++];
	memset(d, 0, sizeof(*d));
	assert_int_equal(addr_parse(addr, &d->addr, &why), 0);
	assert_int_equal(id_parse(id, &d->id, &why), 0);
	d->id.has_sub = true;
	d->class = class;
	d->group = group;
	d->parent = -1;
	if (group >= 0) {
		s->inv.iommu.any_group = true;
		if ((uint32_t)group > s->inv.iommu.last_group)
			s->inv.iommu.last_group = (uint32_t)group;
	}
	return d;
}

void add_lines(struct policy *p, const char *lines, struct problems *problems)
{
	struct origin origin = { .source = policy_keep(p, "policy") };

	assert_non_null(origin.source);
	while (*lines) {
		size_t len = strcspn(lines, "\n");

		origin.line++;
		assert_int_equal(policy_add_line(p, &origin, lines, len, problems), 0);
		lines += len + (lines[len] == '\n');
	}
}

void scene_policy(struct scene *s, const char *lines)
{
	add_lines(&s->policy, lines, &s->problems);
}

void scene_plan(struct scene *s)
{
	assert_int_equal(plan_make(&s->plan, &s->policy, &s->inv), 0);
	s->planned = true;
	s->result.plan = &s->plan;
	s->result.policy = &s->policy;
	s->result.problems = &s->problems;
	s->result.state = "done";
}

static void claim(struct scene *s, bool modules, void (*held)(void))
{
	struct modload none = { .root = fake_root() };

	assert_int_equal(inventory_read(&s->inv, fake_root()), 0);
	scene_plan(s);
	assert_int_equal(outcomes_alloc(&s->outcomes, &s->plan), 0);
	s->claimed = true;
	s->result.outcomes = &s->outcomes;
	s->outcomes.held = held;
	(void)!claim_plan(&s->outcomes, fake_root(), &s->plan, modules ? &none : NULL);
	s->result.status = result_status(&s->result);
}

void scene_claim(struct scene *s, const char *lines, bool modules)
{
	scene_claim_held(s, lines, modules, NULL);
}

void scene_claim_held(struct scene *s, const char *lines, bool modules, void (*held)(void))
{
	memset(s, 0, sizeof(*s));
	scene_policy(s, lines);
	claim(s, modules, held);
}

static void forget_plan(struct scene *s)
{
	outcomes_free(&s->outcomes);
	if (s->planned)
		plan_free(&s->plan);
	inventory_free(&s->inv);
	s->planned = false;
}

void scene_claim_again(struct scene *s)
{
	forget_plan(s);
	claim(s, true, NULL);
}

void scene_free(struct scene *s)
{
	forget_plan(s);
	policy_free(&s->policy);
}

static size_t index_of(const struct scene *s, const char *addr)
{
	struct pci_addr a;
	const char *why;
	int i;

	assert_int_equal(addr_parse(addr, &a, &why), 0);
	i = inventory_find(&s->inv, &a);
	assert_true(i >= 0);
	return (size_t)i;
}

const char *scene_rule(struct scene *s, size_t rule)
{
	return result_rule(&s->result, rule, s->reason);
}

const char *scene_dev(struct scene *s, const char *addr)
{
	return result_device(&s->result, index_of(s, addr), s->reason);
}

const char *scene_action(struct scene *s, const char *addr)
{
	size_t i = index_of(s, addr);

	(void)plan_reason(&s->plan, i, s->reason);
	return action_name(s->plan.dev[i].action);
}

const struct outcome *scene_outcome(const struct scene *s, const char *addr)
{
	return &s->outcomes.dev[index_of(s, addr)];
}
