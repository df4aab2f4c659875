/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A claim reads no more of the machine than its policy concerns. Over many policies at random:
 * where that part is said to be enough, it is decided as over the whole machine, down to the words.
 */
#include <stdio.h>
#include <string.h>

#include "concerns.h"
#include "fakesys.h"
#include "scene.h"
#include "text.h"
#include "unit.h"

#define POLICIES 1000

static struct fake_device machine[] = {
	{ .addr = "0000:00:00.0", .id = "8086:a700", .class = "060000", .group = 0 },
	{ .addr = "0000:00:01.0", .id = "8086:a70d", .class = "060400", .group = 1 },
	{ .addr = "0000:00:02.0",
	  .id = "8086:a780",
	  .class = "030000",
	  .group = 2,
	  .driver = "i915" },
	{ .addr = "0000:00:1f.0", .id = "8086:7a04", .class = "060100", .group = 4 },
	{ .addr = "0000:00:1f.3", .id = "8086:7ad0", .class = "040300", .group = 4 },
	{ .addr = "0000:01:00.0",
	  .id = "10de:13c2",
	  .class = "030000",
	  .group = 1,
	  .driver = "nvidia" },
	{ .addr = "0000:01:00.1", .id = "10de:0fbb", .class = "040300", .group = 1 },
	{ .addr = "0000:02:00.0", .id = "10de:13c2", .class = "030000", .group = 5 },
	{ .addr = "0000:02:00.1", .id = "10de:0fbb", .class = "040300", .group = 5 },
	{ .addr = "0000:03:00.0", .id = "10de:2504", .class = "030200", .group = 6 },
	{ .addr = "0000:04:00.0",
	  .id = "144d:a808",
	  .class = "010802",
	  .group = 7,
	  .driver = "nvme" },
	{ .addr = "0000:05:00.0", .id = "10ec:8168", .class = "020000", .group = -1 },
};

static unsigned int seed = 7;

static unsigned int pick(unsigned int n)
{
	seed = seed * 1103515245U + 12345U;
	return (seed >> 16 & 0x7fff) % n;
}

static const char *some_address(void)
{
	return pick(8) ? machine[pick(ARRAY_LEN(machine))].addr : "0000:09:00.0";
}

static void make_rule(char line[160])
{
	unsigned int kind = pick(8);

	(void)snprintf(line, 160, "%s", pick(5) ? "claim" : "protect");
	if (kind < 3)
		text_append(line, 160, " group=%u", pick(8));
	else if (kind < 6)
		text_append(line, 160, " device=%s", some_address());
	else if (kind == 6 && pick(4))
		text_append(line, 160, " group=%u device=%s", pick(8), some_address());
	else if (kind == 6)
		text_append(line, 160, " path=00:1f.%u", pick(4));
	else
		text_append(line, 160, " id=10de:13c2");
	if (*line == 'p')
		return;
	if (pick(6) == 0)
		text_append(line, 160, " expect=10de:13c2,10de:0fbb");
	if (pick(6) == 0)
		text_append(line, 160, " optional");
	if (pick(3) == 0)
		text_append(line, 160, " allow=%s", pick(2) ? "console" : "collateral");
	if (pick(2))
		text_append(line, 160, " rebind=yes");
	if (pick(8) == 0)
		text_append(line, 160, " driver=pci-stub");
}

static void same_device(const struct plan *all, const struct plan *part, size_t dev)
{
	char want[REASON_TEXT], have[REASON_TEXT];
	int i = inventory_find(part->inv, &all->inv->dev[dev].addr);

	if (all->dev[dev].rule == NO_RULE) {
		assert_true(i < 0 || part->dev[i].rule == NO_RULE);
		return;
	}
	assert_true(i >= 0);
	assert_int_equal(part->dev[i].rule, all->dev[dev].rule);
	assert_int_equal(part->dev[i].action, all->dev[dev].action);
	assert_string_equal(part->dev[i].target, all->dev[dev].target);
	assert_string_equal(part->inv->dev[i].driver, all->inv->dev[dev].driver);
	assert_int_equal(part->inv->dev[i].group, all->inv->dev[dev].group);
	assert_string_equal(plan_reason(part, (size_t)i, have), plan_reason(all, dev, want));
}

static void same_plan(const struct plan *all, const struct plan *part)
{
	size_t i;

	assert_int_equal(part->status, all->status);
	for (i = 0; i < all->policy->rules; i++) {
		assert_int_equal(part->rule[i].state, all->rule[i].state);
		assert_string_equal(part->rule[i].reason, all->rule[i].reason);
	}
	for (i = 0; i < all->inv->devs; i++)
		same_device(all, part, i);
}

static void decided_alike(void **state)
{
	unsigned int n, rules, alike = 0;
	char line[160];

	(void)state;
	for (n = 0; n < POLICIES; n++) {
		struct inventory part = { .devs = 0 };
		struct scene s = { .planned = false };
		struct plan plan;

		for (rules = 1 + pick(3); rules; rules--) {
			make_rule(line);
			scene_policy(&s, line);
		}
		assert_int_equal(inventory_read(&s.inv, fake_root()), 0);
		scene_plan(&s);
		if (inventory_concerned(&part, fake_root(), &s.policy) == 0) {
			assert_int_equal(plan_make(&plan, &s.policy, &part), 0);
			same_plan(&s.plan, &plan);
			plan_free(&plan);
			alike++;
		}
		inventory_free(&part);
		scene_free(&s);
	}
	assert_true(alike > POLICIES / 4);
}

/* The members, and one display that stays. */
static void reads_little(void **state)
{
	struct inventory part = { .devs = 0 };
	struct scene s = { .planned = false };

	(void)state;
	scene_policy(&s, "claim group=4");
	assert_int_equal(inventory_concerned(&part, fake_root(), &s.policy), 0);
	assert_int_equal(part.devs, 2);
	inventory_free(&part);
	scene_policy(&s, "claim device=01:00.0\nprotect device=04:00.0\nprotect device=09:00.0");
	assert_int_equal(inventory_concerned(&part, fake_root(), &s.policy), 0);
	assert_true(part.devs > 2 && part.devs < ARRAY_LEN(machine));
	inventory_free(&part);
	scene_free(&s);
}

static int start(void **state)
{
	size_t i;

	(void)state;
	fake_start();
	for (i = 0; i < ARRAY_LEN(machine); i++)
		fake_add(&machine[i]);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	fake_stop();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decided_alike),
		cmocka_unit_test(reads_little),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
