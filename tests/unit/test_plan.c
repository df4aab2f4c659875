/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plan over devices in memory: what the golden tests do not reach, above all refusals that take
 * away what other rules leaned on.
 */
#include <stdio.h>
#include <string.h>

#include "scene.h"
#include "unit.h"

#define NET 0x020000
#define SOUND 0x040300
#define SMBUS 0x0c0500
#define VGA 0x030000
#define BRIDGE 0x060400

static struct scene s;

static int setup(void **state)
{
	(void)state;
	memset(&s, 0, sizeof(s));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scene_free(&s);
	return 0;
}

/* Group 1 holds two slots, group 2 a part of the platform, group 3 what may be protected. */
static void chain(void)
{
	(void)scene_device(&s, "00:01.0", "aaaa:0001", SOUND, 1);
	(void)scene_device(&s, "00:02.0", "bbbb:0001", SOUND, 1);
	(void)scene_device(&s, "00:03.0", "aaaa:0001", SOUND, 2);
	(void)scene_device(&s, "00:04.0", "cccc:0001", SMBUS, 2);
	(void)scene_device(&s, "00:05.0", "cccc:0001", SOUND, 3);
	scene_policy(&s, "claim id=cccc:0001 allow=collateral\n"
			 "claim id=aaaa:0001\n"
			 "claim device=00:02.0\n");
}

static void consent_that_holds(void **state)
{
	(void)state;
	chain();
	scene_plan(&s);
	assert_string_equal(scene_action(&s, "00:01.0"), "claim");
	assert_string_equal(scene_action(&s, "00:02.0"), "claim");
	assert_string_equal(scene_action(&s, "00:04.0"), "claim");
	assert_int_equal(s.plan.status, EXIT_DONE);
}

/* The first rule goes, so its consent for group 2; so the second goes, and with it the name of the
 * one slot of group 1; so the third goes. */
static void consent_that_falls(void **state)
{
	(void)state;
	chain();
	scene_policy(&s, "protect device=00:05.0");
	scene_plan(&s);
	assert_string_equal(scene_rule(&s, 0), "refused");
	assert_non_null(strstr(s.reason, "protect: 0000:00:05.0"));
	assert_string_equal(scene_rule(&s, 1), "refused");
	assert_non_null(strstr(s.reason, "collateral: group 2"));
	assert_string_equal(scene_rule(&s, 2), "refused");
	assert_non_null(strstr(s.reason, "collateral: group 1"));
	assert_string_equal(scene_action(&s, "00:02.0"), "refuse");
	assert_int_equal(s.plan.status, EXIT_UNCLAIMED);
}

static void rebind_falls_with_its_rule(void **state)
{
	struct pci_dev *card = scene_device(&s, "00:01.0", "10de:0001", VGA, 1);

	(void)state;
	(void)snprintf(card->driver, sizeof(card->driver), "nvidia");
	(void)scene_device(&s, "00:02.0", "8086:0001", VGA, 2);
	(void)scene_device(&s, "00:03.0", "10de:0001", SOUND, 3);
	scene_policy(&s, "claim device=00:01.0\n"
			 "claim id=10de:0001 rebind=yes\n"
			 "protect device=00:03.0\n");
	scene_plan(&s);
	assert_string_equal(scene_rule(&s, 0), "refused");
	assert_non_null(strstr(s.reason, "bound: 0000:00:01.0"));
	assert_string_equal(scene_rule(&s, 1), "refused");
}

static void drivers_that_disagree(void **state)
{
	(void)state;
	(void)scene_device(&s, "00:01.0", "aaaa:0001", SOUND, 1);
	(void)scene_device(&s, "00:01.1", "bbbb:0001", SOUND, 1);
	(void)scene_device(&s, "00:02.0", "cccc:0001", SOUND, 2);
	scene_policy(&s, "claim device=00:01.0 driver=auto\n"
			 "claim device=00:01.1 driver=vfio-pci\n"
			 "claim device=00:02.0 driver=auto\n");
	scene_plan(&s);
	assert_string_equal(scene_rule(&s, 0), "refused");
	assert_string_equal(scene_rule(&s, 1), "refused");
	assert_non_null(strstr(s.reason, "policy:1 and policy:2"));
	assert_string_equal(scene_rule(&s, 2), "claim");
	assert_string_equal(s.plan.dev[2].target, "auto");
	assert_string_equal(s.plan.dev[0].target, "");
}

static void the_driver_of_either_rule(void **state)
{
	(void)state;
	(void)scene_device(&s, "00:01.0", "aaaa:0001", SOUND, 1);
	(void)scene_device(&s, "00:01.1", "bbbb:0001", SOUND, 1);
	scene_policy(&s, "claim device=00:01.0\nclaim device=00:01.1 driver=pci-stub");
	scene_plan(&s);
	assert_string_equal(s.plan.dev[0].target, "pci-stub");
	assert_string_equal(s.plan.dev[1].target, "pci-stub");
}

/* An open entry must not take the member that only the exact one fits. */
static void exact_ids_choose_first(void **state)
{
	(void)state;
	(void)scene_device(&s, "00:01.0", "10de:0001:1043:8508", SOUND, 1);
	(void)scene_device(&s, "00:01.1", "10de:0001:1043:8509", SOUND, 1);
	scene_policy(&s, "claim group=1 expect=10de:0001,10de:0001:1043:8508");
	scene_plan(&s);
	assert_string_equal(scene_action(&s, "00:01.0"), "claim");
}

static void each_member_needs_its_own_id(void **state)
{
	(void)state;
	(void)scene_device(&s, "00:01.0", "10de:0001", SOUND, 1);
	(void)scene_device(&s, "00:01.1", "10de:0001", SOUND, 1);
	scene_policy(&s, "claim group=1 expect=10de:0001");
	scene_plan(&s);
	assert_string_equal(scene_action(&s, "00:01.0"), "refuse");
	assert_non_null(strstr(s.reason, "additional member: 0000:00:01.1"));
}

static void more_members_than_expect_can_list(void **state)
{
	char addr[16];
	int i;

	(void)state;
	for (i = 0; i < 300; i++) {
		(void)snprintf(addr, sizeof(addr), "%02x:%02x.%x", 1 + i / 256, i / 8 % 32, i % 8);
		(void)scene_device(&s, addr, "10de:0001", SOUND, 1);
	}
	scene_policy(&s, "claim group=1 expect=10de:0001");
	scene_plan(&s);
	assert_string_equal(scene_rule(&s, 0), "refused");
	assert_non_null(strstr(s.reason, "more than 256 members"));
}

static void a_display_without_group_stays(void **state)
{
	(void)state;
	(void)scene_device(&s, "00:01.0", "10de:0001", VGA, 1);
	(void)scene_device(&s, "00:02.0", "1a03:2000", VGA, -1);
	scene_policy(&s, "claim group=1");
	scene_plan(&s);
	assert_string_equal(scene_action(&s, "00:01.0"), "claim");
}

/* A 3D controller has no outputs: it cannot be what the host keeps. */
static void a_3d_controller_is_no_console(void **state)
{
	(void)state;
	scene_device(&s, "00:01.0", "8086:0001", VGA, 1)->boot_display = true;
	(void)scene_device(&s, "00:02.0", "10de:0001", 0x030200, 2);
	scene_policy(&s, "claim group=1");
	scene_plan(&s);
	assert_string_equal(scene_action(&s, "00:01.0"), "refuse");
	assert_non_null(strstr(s.reason, "console: "));
}

static void the_last_rule_where_no_display_is_marked(void **state)
{
	(void)state;
	(void)scene_device(&s, "00:01.0", "10de:0001", VGA, 1);
	(void)scene_device(&s, "00:02.0", "10de:0002", VGA, 2);
	(void)scene_device(&s, "00:03.0", "10de:0003", VGA, 3);
	scene_policy(&s, "claim group=3\nclaim group=1\nclaim group=2");
	scene_plan(&s);
	assert_string_equal(scene_action(&s, "00:01.0"), "claim");
	assert_string_equal(scene_action(&s, "00:02.0"), "refuse");
	assert_string_equal(scene_action(&s, "00:03.0"), "claim");
}

/* The console guard comes after all others: a card that is refused anyway is one that stays. */
static void a_refused_display_is_left(void **state)
{
	(void)state;
	scene_device(&s, "00:01.0", "8086:0001", VGA, 1)->boot_display = true;
	(void)scene_device(&s, "00:02.0", "10de:0001", VGA, 2);
	scene_policy(&s, "claim group=1\nclaim group=2 expect=10de:0002");
	scene_plan(&s);
	assert_string_equal(scene_action(&s, "00:01.0"), "claim");
	assert_string_equal(scene_action(&s, "00:02.0"), "refuse");
}

static void many_collateral_members_are_counted(void **state)
{
	char addr[16];
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		(void)snprintf(addr, sizeof(addr), "00:%02x.0", i + 1);
		(void)scene_device(&s, addr, "8086:0001", NET, 1);
	}
	scene_policy(&s, "claim group=1");
	scene_plan(&s);
	assert_string_equal(scene_rule(&s, 0), "refused");
	assert_non_null(strstr(s.reason, " more"));
	assert_true(strlen(s.reason) < REASON_TEXT - 1);
}

static void no_devices_and_no_rules(void **state)
{
	(void)state;
	scene_plan(&s);
	assert_int_equal(s.plan.status, EXIT_DONE);
	assert_int_equal(s.plan.grouped, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(consent_that_holds),
	TEST(consent_that_falls),
	TEST(rebind_falls_with_its_rule),
	TEST(drivers_that_disagree),
	TEST(the_driver_of_either_rule),
	TEST(exact_ids_choose_first),
	TEST(each_member_needs_its_own_id),
	TEST(more_members_than_expect_can_list),
	TEST(a_display_without_group_stays),
	TEST(a_3d_controller_is_no_console),
	TEST(the_last_rule_where_no_display_is_marked),
	TEST(a_refused_display_is_left),
	TEST(many_collateral_members_are_counted),
	TEST(no_devices_and_no_rules),
};

int main(void)
{
	return RUN_TESTS(tests);
}
