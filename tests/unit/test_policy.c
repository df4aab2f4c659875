/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grammar of one line: every key with a good and a bad value, twice, and without a value. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy.h"
#include "policy_keys.h"
#include "text.h"
#include "unit.h"

static struct policy policy;
static struct problems problems;

static int setup(void **state)
{
	(void)state;
	memset(&problems, 0, sizeof(problems));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	policy_free(&policy);
	return 0;
}

static void add(const char *line)
{
	const struct origin origin = { "here", 7 };

	assert_int_equal(policy_add_line(&policy, &origin, line, strlen(line), &problems), 0);
}

/* The rule that the line becomes. */
static const struct rule *good(const char *line)
{
	size_t before = policy.rules;

	add(line);
	if (problems.kept)
		fail_msg("%s: %s", line, problems.text[0]);
	assert_int_equal(policy.rules, before + 1);
	return &policy.rule[before];
}

/* The line becomes no rule but one problem with all that a problem has. */
static void bad(const char *line, const char *word, const char *expected)
{
	size_t rules = policy.rules;

	memset(&problems, 0, sizeof(problems));
	add(line);
	assert_int_equal(policy.rules, rules);
	assert_int_equal(problems.count, 1);
	assert_int_equal(problems.worst, EXIT_POLICY);
	if (strncmp(problems.text[0], "here:7: ", 8) != 0 || !strstr(problems.text[0], word) ||
	    !strstr(problems.text[0], expected))
		fail_msg("%s: %s", line, problems.text[0]);
	memset(&problems, 0, sizeof(problems));
}

struct key_case {
	const char *statement; /* with what it needs besides the key */
	const char *key, *good, *bad, *expected;
};

static const struct key_case cases[] = {
	{ "claim", "group", "0", "x", "IOMMU group" },
	{ "claim", "device", "01:00.0", "01:00", "PCI address" },
	{ "claim", "path", "00:01.0/00.0", "00:01.0/", "path" },
	{ "claim", "id", "10de:13c2", "10de", "vendor:device" },
	{ "claim group=1", "expect", "10de:13c2,10de:0fbb", "10de:13c2,x", "vendor:device" },
	{ "claim group=1", "name", "a", "a/b", "letters" },
	{ "claim group=1", "allow", "console,collateral", "none", "console or collateral" },
	{ "claim group=1", "driver", "auto", "a.b", "driver" },
	{ "claim group=1", "rebind", "yes", "y", "yes or no" },
	{ "claim group=1", "on-failure", "stop", "halt", "continue or stop" },
	{ "claim group=1", "attr.reset_method", "flr,bus", "FLR", "reset methods" },
	{ "claim group=1", "attr.d3cold_allowed", "1", "2", "0 or 1" },
	{ "claim group=1", "attr.power/control", "auto", "off", "on or auto" },
	{ "protect", "group", "2147483647", "2147483648", "IOMMU group" },
	{ "protect", "device", "10000:e1:00.0", "e1", "PCI address" },
	{ "protect", "path", "00:01.0", "0", "path" },
	{ "protect", "id", "10de:13c2:1043:8508", "10de:13c2:1043", "vendor:device" },
	{ "protect group=1", "name", "a", "\"a\"", "letters" },
	{ "kvmfr", "size", "1M", "2G", "power of two" },
	{ "kvmfr", "for", "3840x2160", "0x1", "resolution" },
	{ "kvmfr size=64M", "owner", "libvirt-qemu", "a:b", "user" },
	{ "kvmfr size=64M", "group", "kvm", "a:b", "group" },
	{ "kvmfr size=64M", "mode", "0660", "0668", "octal" },
	{ "kvmfr size=64M", "name", "a", "a=b", "letters" },
	{ "hugepages count=1", "size", "1G", "1000M", "huge page" },
	{ "hugepages size=1G", "count", "16777216", "16777217", "number of pages" },
	{ "hugepages size=1G count=1", "node", "1023", "1024", "NUMA node" },
	{ "hugepages size=1G count=1", "name", "a", "*", "letters" },
};

static void every_key(void **state)
{
	char line[256];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		const struct key_case *c = &cases[i];

		(void)snprintf(line, sizeof(line), "%s %s=%s", c->statement, c->key, c->good);
		(void)good(line);
		(void)snprintf(line, sizeof(line), "%s %s=%s", c->statement, c->key, c->bad);
		bad(line, "\"", c->expected);
		(void)snprintf(line, sizeof(line), "%s %s=%s %s=%s", c->statement, c->key, c->good,
			       c->key, c->good);
		bad(line, c->key, "given twice");
		(void)snprintf(line, sizeof(line), "%s %s=", c->statement, c->key);
		bad(line, c->key, "a value is missing");
		(void)snprintf(line, sizeof(line), "%s %s", c->statement, c->key);
		bad(line, c->key, "a value is missing");
	}
}

static void values(void **state)
{
	const struct rule *r;

	(void)state;
	r = good("claim group=7 device=0001:02:03.4 path=00:01.0/02.3 id=10de:13c2:1043:8508 "
		 "expect=10de:13c2,8086:0001:0002:0003 name=a optional allow=console "
		 "driver=xe-vfio-pci rebind=yes on-failure=stop attr.reset_method=flr,bus "
		 "attr.d3cold_allowed=0 attr.power/control=on");
	assert_int_equal(r->kind, RULE_CLAIM);
	assert_int_equal(r->group, 7);
	assert_int_equal(r->device.domain, 1);
	assert_int_equal(r->device.devfn, 3 << 3 | 4);
	assert_int_equal(r->path.hops, 1);
	assert_true(r->id.has_sub);
	assert_int_equal(r->expects, 2);
	assert_int_equal(r->expect[1].subdevice, 3);
	assert_string_equal(r->name, "a");
	assert_true(rule_has(r, KEY_OPTIONAL));
	assert_int_equal(r->allow, ALLOW_CONSOLE);
	assert_string_equal(r->driver, "xe-vfio-pci");
	assert_true(r->rebind && r->stop);
	assert_string_equal(r->attr[0], "flr bus");
	assert_string_equal(keys_attr_name(0), "reset_method");
	assert_string_equal(r->attr[1], "0");
	assert_string_equal(keys_attr_name(1), "d3cold_allowed");
	assert_string_equal(r->attr[2], "on");
	assert_string_equal(keys_attr_name(2), "power/control");
	r = good("kvmfr for=3840x2160 hdr owner=a group=b mode=0640");
	assert_int_equal(r->width, 3840);
	assert_int_equal(r->height, 2160);
	assert_int_equal(r->mode, 0640);
	assert_true(rule_has(r, KEY_HDR));
	assert_false(rule_has(r, KEY_SIZE));
	r = good("hugepages size=2M count=3 node=0");
	assert_true(r->size == 2U << 20);
	assert_int_equal(r->count, 3);
	assert_true(rule_has(r, KEY_NODE));
	assert_false(rule_has(r, KEY_NAME));
}

static void statements(void **state)
{
	(void)state;
	add("");
	add("  \t ");
	add("# comment");
	assert_int_equal(policy.rules, 0);
	assert_int_equal(problems.count, 0);
	assert_string_equal(good(" \tclaim\tgroup=1 # x")->text, "claim\tgroup=1");
	bad("clam group=1", "\"clam\"", "expected claim, protect");
	bad("group=1", "\"group=1\"", "unknown statement");
	bad("claim", "\"claim\"", "expected group=");
	bad("claim name=a", "\"claim name=a\"", "expected group=");
	bad("protect", "\"protect\"", "expected group=");
	bad("claim grp=1", "\"grp\"", "unknown key");
	bad("protect group=1 optional", "\"optional\"", "unknown key");
	assert_non_null(good("kvmfr"));
	bad("kvmfr size=1M hdr", "kvmfr size=1M hdr", "hdr goes with for=");
	bad("kvmfr for=16384x16384", "kvmfr for=16384x16384", "more than 1G");
	bad("kvmfr size=1M for=1x1", "kvmfr size=1M", "either size= or for=");
	bad("hugepages size=1G", "hugepages size=1G", "size= and count=");
	bad("claim group=1 optional optional", "\"optional\"", "given twice");
	bad("claim group=1 optional=1", "\"optional\"", "takes no value");
}

static void expect_has_a_limit(void **state)
{
	char line[POLICY_LINE_MAX] = "claim group=1 expect=";
	unsigned int i;

	(void)state;
	for (i = 0; i < 202; i++)
		text_append(line, sizeof(line), "%s10de:13c2", i ? "," : "");
	/* 202 ids fill the line; the limit of ids can only be met with shorter and bad ones. */
	assert_int_equal(good(line)->expects, 202);
	(void)snprintf(line, sizeof(line), "claim group=1 expect=");
	for (i = 0; i < POLICY_EXPECT_MAX; i++)
		text_append(line, sizeof(line), ",");
	bad(line, "\"", "more than 256 ids");
}

static void rules_have_a_limit(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < POLICY_RULES_MAX; i++)
		(void)good("claim group=1");
	add("claim group=2");
	add("claim group=3 on-failure=stop");
	assert_int_equal(policy.rules, POLICY_RULES_MAX);
	assert_int_equal(problems.count, 1);
	assert_true(policy.overflow);
	assert_true(policy.void_stop);
}

/* A host that asked to be stopped must not boot on because the line is wrong. */
static void stop_survives_an_error(void **state)
{
	(void)state;
	bad("claim gruop=1", "gruop", "unknown key");
	assert_false(policy.void_stop);
	bad("claim gruop=1 on-failure=stop", "gruop", "unknown key");
	assert_true(policy.void_stop);
	policy.void_stop = false;
	bad("claim group=1 name=\xff on-failure=stop", "claim", "not ASCII");
	assert_true(policy.void_stop);
}

static void profiles(void **state)
{
	(void)state;
	policy.profile[policy.profiles++] = "work";
	add("claim group=1 profile=home");
	assert_int_equal(policy.rules, 0);
	(void)good("claim group=1 profile=work");
	/* What is wrong is told even where it would not count. */
	bad("claim gruop=1 profile=home", "gruop", "unknown key");
}

static void origins(void **state)
{
	const struct origin file = { "/etc/vfio-early.conf", 3 };
	const struct origin cmdline = { "cmdline: vfio_early.groups", 0 };
	char buf[ORIGIN_TEXT], name[400];

	(void)state;
	assert_string_equal(origin_format(&file, buf), "/etc/vfio-early.conf:3");
	assert_string_equal(origin_format(&cmdline, buf), "cmdline: vfio_early.groups");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_string_equal(strrchr(origin_format(&(struct origin){ name, 4294967295U }, buf), ':'),
			    ":4294967295");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(every_key),	  TEST(values),
	TEST(statements),	  TEST(expect_has_a_limit),
	TEST(rules_have_a_limit), TEST(stop_survives_an_error),
	TEST(profiles),		  TEST(origins),
};

int main(void)
{
	return RUN_TESTS(tests);
}
