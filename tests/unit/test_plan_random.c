/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is true of every plan, over many machines and policies at random: whole groups, no bridges,
 * nothing protected, the host keeps a display, and no rule is half carried out. The numbers are the
 * same in every run.
 */
#include <stdio.h>
#include <string.h>

#include "group.h"
#include "scene.h"
#include "text.h"
#include "unit.h"

#define MACHINES 20000

static struct scene s;
static unsigned int seed = 20;

static unsigned int pick(unsigned int n)
{
	seed = seed * 1103515245U + 12345U;
	return (seed >> 16 & 0x7fff) % n;
}

static void make_machine(void)
{
	static const uint32_t classes[] = { 0x030000, 0x030200, 0x040300, 0x020000, 0x010601,
					    0x060400, 0x060000, 0x0c0500, 0x0c0330 };
	static const char *const drivers[] = { "", "", "nvidia", "amdgpu", "ahci", "vfio-pci" };
	unsigned int slot, fn, devices = 0;

	for (slot = 0; slot < 6; slot++) {
		int group = (int)pick(5) - 1;

		for (fn = 0; fn <= pick(3); fn++) {
			char addr[16], id[ID_TEXT];
			struct pci_dev *d;

			(void)snprintf(addr, sizeof(addr), "00:%02x.%x", slot, fn);
			(void)snprintf(id, sizeof(id), "10de:%04x:1043:%04x", pick(4), pick(2));
			d = scene_device(&s, addr, id, classes[pick(ARRAY_LEN(classes))], group);
			(void)snprintf(d->driver, sizeof(d->driver), "%s",
				       drivers[pick(ARRAY_LEN(drivers))]);
			d->boot_display = class_is_display(d->class) && pick(3) == 0;
			if (pick(4) == 0)
				group = (int)pick(5) - 1;
			devices++;
		}
	}
	assert_true(devices > 0);
}

static void make_rule(char line[160])
{
	(void)snprintf(line, 160, "%s", pick(6) ? "claim" : "protect");
	switch (pick(4)) {
	case 0:
		text_append(line, 160, " group=%u", pick(5));
		break;
	case 1:
		text_append(line, 160, " device=00:%02x.%u", pick(6), pick(2));
		break;
	case 2:
		text_append(line, 160, " path=00:%02x.0", pick(6));
		break;
	default:
		text_append(line, 160, " id=10de:%04x", pick(5));
	}
	if (*line == 'p')
		return;
	if (pick(5) == 0)
		text_append(line, 160, " id=10de:%04x", pick(4));
	if (pick(8) == 0)
		text_append(line, 160, " expect=10de:%04x,10de:%04x", pick(4), pick(4));
	if (pick(2))
		text_append(line, 160, " allow=collateral");
	else if (pick(4) == 0)
		text_append(line, 160, " allow=console");
	if (pick(3) == 0)
		text_append(line, 160, " rebind=yes");
	if (pick(6) == 0)
		text_append(line, 160, " driver=%s", pick(2) ? "auto" : "pci-stub");
	if (pick(6) == 0)
		text_append(line, 160, " attr.d3cold_allowed=%u", pick(2));
}

static void make_policy(void)
{
	unsigned int n = 1 + pick(5);
	char line[160];

	while (n--) {
		make_rule(line);
		scene_policy(&s, line);
	}
	/* A rule with id= twice is a bad line; what is left counts. */
}

static bool claimed(size_t dev)
{
	return s.plan.dev[dev].action == ACTION_CLAIM;
}

static void check_group(const struct group *g)
{
	bool any = false, all = true;
	size_t i, rule;

	for (i = 0; i < g->members; i++) {
		if (class_is_bridge(group_dev(g, i)->class)) {
			assert_false(claimed(g->member[i].dev));
			continue;
		}
		any |= claimed(g->member[i].dev);
		all &= claimed(g->member[i].dev);
	}
	assert_true(!any || all);
	for (rule = 0; any && rule < s.policy.rules; rule++)
		if (s.policy.rule[rule].kind == RULE_PROTECT)
			assert_false(group_named_by(g, rule));
	for (rule = 0; rule < s.policy.rules; rule++)
		if (s.policy.rule[rule].kind == RULE_CLAIM && group_taken_by(g, rule))
			assert_true(any);
}

static void check_device(size_t i)
{
	const struct plan_dev *pd = &s.plan.dev[i];
	char reason[REASON_TEXT];

	assert_true(plan_reason(&s.plan, i, reason)[0]);
	if (pd->action == ACTION_CLAIM) {
		assert_true(s.inv.dev[i].group >= 0);
		assert_int_equal(s.plan.rule[pd->rule].state, RULE_ACTIVE);
		assert_true(pd->target[0]);
	} else {
		assert_string_equal(pd->target, "");
	}
	if (pd->action == ACTION_REFUSE)
		assert_int_equal(s.plan.rule[pd->rule].state, RULE_REFUSED);
}

/* The host keeps a display, or it had none to keep, or a rule consented. */
static void check_console(void)
{
	bool left = false, taken = false, consent = false;
	size_t i;

	for (i = 0; i < s.inv.devs; i++) {
		left |= class_shows_console(s.inv.dev[i].class) && !claimed(i);
		taken |= class_shows_console(s.inv.dev[i].class) && claimed(i);
	}
	for (i = 0; i < s.policy.rules; i++)
		consent |= s.policy.rule[i].allow & ALLOW_CONSOLE &&
			   s.plan.rule[i].state == RULE_ACTIVE;
	assert_true(left || !taken || consent);
}

static void check_rules(void)
{
	bool done = true;
	size_t i;

	for (i = 0; i < s.policy.rules; i++) {
		const struct plan_rule *pr = &s.plan.rule[i];

		assert_true(pr->state == RULE_ACTIVE || pr->state == RULE_IDLE || pr->reason[0]);
		done &= pr->state == RULE_ACTIVE || pr->state == RULE_IDLE;
	}
	assert_int_equal(s.plan.status == EXIT_DONE, done);
}

static void every_plan(void **state)
{
	unsigned int n, with_claim = 0, with_refusal = 0;

	(void)state;
	for (n = 0; n < MACHINES; n++) {
		struct group g;
		size_t i, at;
		bool any = false;

		memset(&s, 0, sizeof(s));
		make_machine();
		make_policy();
		scene_plan(&s);
		for (at = 0; group_next(&s.plan, &at, &g);)
			check_group(&g);
		for (i = 0; i < s.inv.devs; i++) {
			check_device(i);
			any |= claimed(i);
		}
		check_console();
		check_rules();
		with_claim += any;
		with_refusal += s.plan.status != EXIT_DONE;
		scene_free(&s);
	}
	/* Else the machines were not worth looking at. */
	assert_true(with_claim >= MACHINES / 10);
	assert_true(with_refusal >= MACHINES / 10 && with_refusal <= MACHINES * 95 / 100);
}

static const struct CMUnitTest tests[] = { cmocka_unit_test(every_plan) };

int main(void)
{
	return RUN_TESTS(tests);
}
