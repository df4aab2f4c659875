/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the policy comes from: the order of command line and files, and a command line that cannot
 * be read. What stands in the files is tested with the whole program.
 */
#include <errno.h>
#include <string.h>

#include "fakesys.h"
#include "sources.h"
#include "unit.h"

static struct policy policy;
static struct problems problems;

static int setup(void **state)
{
	(void)state;
	memset(&problems, 0, sizeof(problems));
	fake_start();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	policy_free(&policy);
	fake_stop();
	return 0;
}

/* live: as on the running system, where everything must be there. */
static int load(const char *cmdline, bool live)
{
	struct root root = *fake_root();
	const struct source_options options = { &root, cmdline, NULL };

	root.foreign = !live;
	return sources_load(&policy, &root, &options, &problems);
}

static const char *place(size_t rule)
{
	static char buf[ORIGIN_TEXT];

	assert_true(rule < policy.rules);
	return origin_format(&policy.rule[rule].origin, buf);
}

static void in_order(void **state)
{
	(void)state;
	fake_file("proc/cmdline", "quiet vfio_early.groups=1 vfio_early.ids=10de:13c2\n");
	fake_file("etc/vfio-early.d/b.conf", "claim group=4\n");
	fake_file("etc/vfio-early.d/a.conf", "\nclaim group=3");
	fake_file("etc/vfio-early.d/c", "claim group=5\n");
	fake_file("etc/vfio-early.conf", "claim group=2\n");
	assert_int_equal(load(NULL, true), 0);
	assert_int_equal(policy.rules, 5);
	assert_string_equal(place(0), "cmdline: vfio_early.groups");
	assert_string_equal(place(1), "cmdline: vfio_early.ids");
	assert_string_equal(place(2), "/etc/vfio-early.conf:1");
	assert_string_equal(place(3), "/etc/vfio-early.d/a.conf:2");
	assert_string_equal(place(4), "/etc/vfio-early.d/b.conf:1");
	assert_int_equal(problems.count, 0);
}

/* allow= of the command line is for its own rules, wherever it stands there. */
static void allow_is_for_the_command_line(void **state)
{
	(void)state;
	fake_file("etc/vfio-early.conf", "claim group=2\n");
	assert_int_equal(load("vfio_early.groups=1 vfio_early.allow=console", true), 0);
	assert_int_equal(policy.rule[0].allow, ALLOW_CONSOLE);
	assert_int_equal(policy.rule[1].allow, 0);
}

static void profiles_may_come_later(void **state)
{
	(void)state;
	fake_file("etc/vfio-early.conf", "claim group=2 profile=a\nclaim group=3 profile=b\n");
	assert_int_equal(load("vfio_early.profile=b vfio_early.profile=c", true), 0);
	assert_int_equal(policy.rules, 1);
	assert_int_equal(policy.rule[0].group, 3);
}

/* Nobody knows whether it says vfio_early=0, so nothing is done. */
static void no_command_line(void **state)
{
	(void)state;
	fake_file("etc/vfio-early.conf", "claim group=2\n");
	assert_int_equal(load(NULL, true), -ENOENT);
	assert_int_equal(policy.rules, 0);
	assert_int_equal(problems.worst, EXIT_ENVIRONMENT);
	assert_non_null(strstr(problems.text[0], "/proc/cmdline: No such file or directory"));
}

static void a_tree_may_lack_it(void **state)
{
	(void)state;
	fake_file("etc/vfio-early.conf", "claim group=2\n");
	assert_int_equal(load(NULL, false), 0);
	assert_int_equal(policy.rules, 1);
	assert_int_equal(problems.count, 0);
}

/* At every length the last word counts. */
static void long_command_lines(void **state)
{
	static const size_t length[] = { 2040, 2046, 2047, 2048, 2049, 4096, 65000 };
	static const char last[] = " vfio_early.groups=2";
	static char text[70000];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(length); i++) {
		memset(text, 'x', length[i]);
		memcpy(text + length[i] - strlen(last), last, sizeof(last));
		fake_file("proc/cmdline", text);
		memset(&policy, 0, sizeof(policy));
		assert_int_equal(load(NULL, true), 0);
		assert_int_equal(policy.rules, 1);
		policy_free(&policy);
	}
	memset(&policy, 0, sizeof(policy));
}

static void too_long_a_command_line(void **state)
{
	static char text[70000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	fake_file("proc/cmdline", text);
	assert_int_equal(load(NULL, true), -E2BIG);
	assert_int_equal(problems.worst, EXIT_ENVIRONMENT);
}

/* Switched off is off: no rule, and no complaint that would look like work. */
static void the_switch_comes_first(void **state)
{
	(void)state;
	fake_file("etc/vfio-early.conf", "nonsense\n");
	assert_int_equal(load("vfio_early.groups=x,1 vfio_early=off", true), 0);
	assert_true(policy.disabled);
	assert_int_equal(policy.rules, 0);
	assert_int_equal(problems.count, 0);
}

/* The way back is added at the end of the line, whatever stands there. Nothing else counts behind
 * "--". */
static void the_switch_behind_all(void **state)
{
	(void)state;
	assert_int_equal(load("vfio_early.groups=1 -- x vfio_early=0 y", true), 0);
	assert_true(policy.disabled);
	policy_free(&policy);
	assert_int_equal(load("vfio_early.groups=1 -- -- vfio-early=off", true), 0);
	assert_true(policy.disabled);
	policy_free(&policy);
	assert_int_equal(load("-- vfio_early vfio_early=1 vfio_early.groups=2 vfio_early=x", true),
			 0);
	assert_false(policy.disabled);
	assert_int_equal(policy.rules, 0);
	assert_int_equal(problems.count, 0);
	policy_free(&policy);
	assert_int_equal(load("vfio_early=0 -- vfio_early=1", true), 0);
	assert_true(policy.disabled);
}

/* Who writes so means us, and must hear that it is not taken. */
static void nearly_a_key(void **state)
{
	static const char *const keys[] = { "vfio_early_groups=1", "vfio-early-devices=x",
					    "vfio_early:ids=1", "vfio_early/0", "vfio_early-" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(keys); i++) {
		memset(&problems, 0, sizeof(problems));
		assert_int_equal(load(keys[i], true), 0);
		assert_int_equal(problems.count, 1);
		assert_non_null(strstr(problems.text[0], "unknown key, expected groups"));
		policy_free(&policy);
	}
	memset(&problems, 0, sizeof(problems));
	assert_int_equal(load("vfio_earl=1 vfio=early my.vfio_early=0 xvfio_early=0", true), 0);
	assert_int_equal(problems.count, 0);
	assert_false(policy.disabled);
}

static int collect(void *arg, const char *rel)
{
	char *list = arg;

	(void)strncat(list, rel, 200);
	(void)strncat(list, " ", 2);
	return strstr(rel, "stop") ? -EINTR : 0;
}

static void files_of_an_image(void **state)
{
	char list[1024] = "";

	(void)state;
	assert_int_equal(sources_files(fake_root(), collect, list), 0);
	assert_string_equal(list, "");
	fake_file("etc/vfio-early.d/1.conf", "");
	fake_file("etc/vfio-early.d/2stop.conf", "");
	fake_file("etc/vfio-early.d/3.conf", "");
	assert_int_equal(sources_files(fake_root(), collect, list), -EINTR);
	assert_string_equal(list, "etc/vfio-early.d/1.conf etc/vfio-early.d/2stop.conf ");
}

/* What the report says of the files: FNV-1a's own vectors, and a file that cannot be read. */
static void hashes(void **state)
{
	(void)state;
	fake_file("etc/vfio-early.conf", "");
	fake_file("etc/vfio-early.d/a.conf", "a");
	fake_file("etc/vfio-early.d/b.conf/x", "a directory");
	assert_int_equal(load("quiet", true), 0);
	assert_int_equal(policy.files, 3);
	assert_string_equal(policy.file[0].name, "/etc/vfio-early.conf");
	assert_true(policy.file[0].hash == 0xcbf29ce484222325);
	assert_true(policy.file[1].hash == 0xaf63dc4c8601ec8c);
	assert_int_equal(policy.file[1].error, 0);
	assert_string_equal(policy.file[2].name, "/etc/vfio-early.d/b.conf");
	assert_int_equal(policy.file[2].error, -EISDIR);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(in_order),
	TEST(hashes),
	TEST(allow_is_for_the_command_line),
	TEST(profiles_may_come_later),
	TEST(no_command_line),
	TEST(a_tree_may_lack_it),
	TEST(long_command_lines),
	TEST(too_long_a_command_line),
	TEST(the_switch_comes_first),
	TEST(the_switch_behind_all),
	TEST(nearly_a_key),
	TEST(files_of_an_image),
};

int main(void)
{
	return RUN_TESTS(tests);
}
