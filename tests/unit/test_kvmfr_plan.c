/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kvmfr is asked for: sizes, the module's own options, owners, and how that is said. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fakesys.h"
#include "kvmfr.h"
#include "kvmfr_size.h"
#include "names.h"
#include "scene.h"
#include "unit.h"

static struct policy policy;
static struct problems problems;
static struct kvmfr k;
static char reason[REASON_TEXT];

static int setup(void **state)
{
	(void)state;
	fake_start();
	memset(&policy, 0, sizeof(policy));
	memset(&problems, 0, sizeof(problems));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	policy_free(&policy);
	fake_stop();
	return 0;
}

static void plan(const char *lines, const char *options)
{
	policy_drop_rules(&policy);
	add_lines(&policy, lines, &problems);
	kvmfr_plan(&k, &policy, options, fake_root(), &problems);
}

/* The state and reason of the first rule. */
static void is(const char *state, const char *why)
{
	assert_string_equal(kvmfr_rule(&k, &policy, 0, reason), state);
	if (!strstr(reason, why))
		fail_msg("not \"%s\": %s", why, reason);
	assert_int_equal(kvmfr_unmet(&k, 0), strcmp(state, "refused") == 0);
}

/* The published tables: width, height, the size in MiB without HDR, the one of B7 with it. */
static const struct {
	uint32_t width, height;
	unsigned int sdr, hdr;
} table[] = {
	{ 1280, 720, 32, 32 },	   { 1920, 1080, 32, 64 },   { 1920, 1200, 32, 64 },
	{ 1920, 1440, 64, 64 },	   { 2560, 1080, 64, 64 },   { 2560, 1440, 64, 128 },
	{ 2560, 1600, 64, 128 },   { 2880, 1800, 64, 128 },  { 3000, 2000, 128, 128 },
	{ 3440, 1440, 64, 128 },   { 3840, 1080, 64, 128 },  { 3840, 1600, 128, 128 },
	{ 3840, 2160, 128, 256 },  { 5120, 1440, 128, 128 }, { 5120, 2160, 256, 256 },
	{ 5120, 2880, 256, 256 },  { 6016, 3384, 256, 512 }, { 7680, 2160, 256, 512 },
	{ 7680, 4320, 512, 1024 },
};

static void resolutions(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(table); i++) {
		assert_int_equal(kvmfr_size_for(table[i].width, table[i].height, false) >> 20,
				 table[i].sdr);
		assert_int_equal(kvmfr_size_for(table[i].width, table[i].height, true) >> 20,
				 table[i].hdr);
	}
	assert_int_equal(kvmfr_size_for(1, 1, false) >> 20, 16);
	assert_true(kvmfr_size_for(16384, 16384, true) > KVMFR_SIZE_MAX);
}

static void option_of_the_module(void **state)
{
	char value[16];
	uint64_t size[3];
	char list[32];

	(void)state;
	assert_int_equal(kvmfr_size_option("", value, sizeof(value)), 0);
	assert_string_equal(value, "");
	assert_int_equal(kvmfr_size_option("mode=1 static_size_mb=32 static-size_mb=64,128", value,
					   sizeof(value)),
			 0);
	assert_string_equal(value, "64,128");
	assert_int_equal(
		kvmfr_size_option("xstatic_size_mb=1 static_size_mb", value, sizeof(value)), 0);
	assert_string_equal(value, "");
	assert_int_equal(
		kvmfr_size_option("static_size_mb=1,2,3,4,5,6,7,8,9", value, sizeof(value)),
		-E2BIG);

	strcpy(list, "64,1,1024");
	assert_int_equal(kvmfr_size_list(list, size, 3), 3);
	assert_int_equal(size[0], 64 << 20);
	assert_int_equal(size[2], 1 << 30);
	strcpy(list, "64,1,1,1");
	assert_int_equal(kvmfr_size_list(list, size, 3), -EINVAL);
	strcpy(list, "64,");
	assert_int_equal(kvmfr_size_list(list, size, 3), -EINVAL);
	strcpy(list, "64M");
	assert_int_equal(kvmfr_size_list(list, size, 3), -EINVAL);
	strcpy(list, "0");
	assert_int_equal(kvmfr_size_list(list, size, 3), -EINVAL);
	strcpy(list, "1025");
	assert_int_equal(kvmfr_size_list(list, size, 3), -EINVAL);
	strcpy(list, "64,3");
	assert_int_equal(kvmfr_size_list(list, size, 3), -EINVAL);
	strcpy(list, "-64");
	assert_int_equal(kvmfr_size_list(list, size, 3), -EINVAL);
	strcpy(list, "4294967360"); /* 64 in 32 bits */
	assert_int_equal(kvmfr_size_list(list, size, 3), -EINVAL);
}

/* The rule is void, with its word and what was expected. */
static void silly_sizes(void **state)
{
	static const char *const lines[] = {
		"size=0",
		"size=0M",
		"size=3M",
		"size=96M",
		"size=1536M",
		"size=512K",
		"size=2G",
		"size=1T",
		"size=-64M",
		"size=64MB",
		"size=0x40M",
		"size=M",
		"size=64M,64M",
		"size=18446744073709551616",
		"size=18446744073776660480", /* 64M in 64 bits */
		"size=17592186044480M",
		"for=x",
		"for=1920",
		"for=1920x",
		"for=x1080",
		"for=1920X1080",
		"for=1920x1080x2",
		"for=-1920x1080",
		"for=0x1080",
		"for=1920x0",
		"for=16385x1",
		"for=4294967297x1",
		"for=16384x16384",
		"for=7680x4320 hdr hdr",
		"for=12000x6000 hdr",
		"mode=0668",
		"mode=0000",
		"mode=01000000000660",
		"owner=",
	};
	const struct origin origin = { .source = "policy", .line = 1 };
	char line[64];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(lines); i++) {
		unsigned int before = (unsigned int)problems.count;

		(void)snprintf(line, sizeof(line), "kvmfr %s", lines[i]);
		assert_int_equal(policy_add_line(&policy, &origin, line, strlen(line), &problems),
				 0);
		if (policy.rules || problems.count != before + 1)
			fail_msg("taken: %s", line);
	}
	assert_int_equal(problems.worst, EXIT_POLICY);
	plan("kvmfr for=7680x4320 hdr", "");
	is("load", "/dev/kvmfr0 1024 MiB for 7680x4320 hdr");
}

static void several(void **state)
{
	(void)state;
	plan("kvmfr size=64M\nkvmfr for=3840x2160 hdr mode=0660 group=78\nprotect group=1", "");
	assert_int_equal(k.devs, 2);
	assert_int_equal(k.dev[0].size, 64 << 20);
	assert_false(k.dev[0].give);
	assert_int_equal(k.dev[1].size, 256 << 20);
	assert_true(k.dev[1].give);
	assert_int_equal(k.dev[1].uid, 0);
	assert_int_equal(k.dev[1].gid, 78);
	is("load", "/dev/kvmfr0 64 MiB");
	assert_string_equal(kvmfr_rule(&k, &policy, 1, reason), "load");
	assert_string_equal(reason, "/dev/kvmfr1 256 MiB for 3840x2160 hdr, mode 0660, owner 0:78");
	assert_int_equal(kvmfr_status(&k), EXIT_DONE);
}

static void modes(void **state)
{
	(void)state;
	plan("kvmfr size=1M\nkvmfr size=1M owner=1\nkvmfr size=1M group=1\nkvmfr size=1M mode=600\n"
	     "kvmfr size=1M owner=1 mode=0640",
	     "");
	assert_int_equal(k.dev[0].mode, 0);
	assert_int_equal(k.dev[1].mode, 0660);
	assert_int_equal(k.dev[2].mode, 0660);
	assert_int_equal(k.dev[3].mode, 0600);
	assert_true(k.dev[3].give);
	assert_int_equal(k.dev[4].mode, 0640);
}

static void options_must_agree(void **state)
{
	(void)state;
	plan("kvmfr size=64M\nkvmfr size=128M", "static_size_mb=64,128");
	is("load", "/dev/kvmfr0 64 MiB");
	plan("kvmfr size=64M\nkvmfr size=128M", "static_size_mb=64");
	is("refused", "agreement");
	plan("kvmfr size=64M", "static_size_mb=32");
	is("refused", "static_size_mb=32");
	assert_int_equal(kvmfr_status(&k), EXIT_UNCLAIMED);
	plan("kvmfr size=64M", "static_size_mb=64M");
	is("refused", "static_size_mb=64M");
	plan("protect group=1", "static_size_mb=32");
	assert_int_equal(k.devs, 0);
	assert_int_equal(kvmfr_status(&k), EXIT_DONE);
}

static void size_from_options(void **state)
{
	(void)state;
	plan("kvmfr group=78", "static_size_mb=64,32");
	assert_int_equal(k.devs, 2);
	assert_int_equal(k.dev[1].gid, 78);
	is("load", "/dev/kvmfr0 64 MiB, mode 0660, owner 0:78; /dev/kvmfr1 32 MiB, mode 0660");
	plan("kvmfr", "");
	is("refused", "no size: neither size= or for= here nor static_size_mb=");
	plan("kvmfr", "static_size_mb=x%s%n");
	is("refused", "static_size_mb=x%s%n of the module's options is no list");
	plan("kvmfr", "static_size_mb=96");
	is("refused", "static_size_mb=96 of the module's options is no list of powers of two");
	plan("kvmfr", "static_size_mb=1,1,1,1,1,1,1,1,1,1,1");
	is("refused", "is no list");
	plan("kvmfr\nkvmfr size=64M", "static_size_mb=64");
	is("refused", "must be the only one");
}

static void ten_are_all(void **state)
{
	static const char eleven[] = "kvmfr size=1M\nkvmfr size=1M\nkvmfr size=1M\nkvmfr size=1M\n"
				     "kvmfr size=1M\nkvmfr size=1M\nkvmfr size=1M\nkvmfr size=1M\n"
				     "kvmfr size=1M\nkvmfr size=1M\nkvmfr size=1M";

	(void)state;
	plan(eleven + sizeof("kvmfr size=1M"), "");
	assert_int_equal(k.devs, 10);
	is("load", "/dev/kvmfr0 1 MiB");
	plan(eleven, "");
	is("refused", "more than 10 devices");
	assert_string_equal(kvmfr_rule(&k, &policy, 10, reason), "refused");
	assert_true(kvmfr_unmet(&k, 10));
	assert_int_equal(kvmfr_status(&k), EXIT_UNCLAIMED);
}

#define LOCAL_ETC                                                                         \
	fake_file("etc/passwd", "root:x:0:0::/:\nann:x:1000:1000::/:\nbad:x:1a:1::/:\n"); \
	fake_file("etc/group", "root:x:0:\nkvm:x:78:ann\n")

static void names(void **state)
{
	uint32_t id;

	(void)state;
	assert_int_equal(names_find(fake_root(), NAME_USER, "1000", &id), 0);
	assert_int_equal(id, 1000);
	assert_int_equal(names_find(fake_root(), NAME_USER, "ann", &id), -ESRCH);
	assert_int_equal(names_find(fake_root(), NAME_USER, "4294967295", &id), -ESRCH);
	LOCAL_ETC;
	assert_int_equal(names_find(fake_root(), NAME_USER, "ann", &id), 0);
	assert_int_equal(id, 1000);
	assert_int_equal(names_find(fake_root(), NAME_GROUP, "kvm", &id), 0);
	assert_int_equal(id, 78);
	assert_int_equal(names_find(fake_root(), NAME_GROUP, "ann", &id), -ESRCH);
	assert_int_equal(names_find(fake_root(), NAME_USER, "an", &id), -ESRCH);
	assert_int_equal(names_find(fake_root(), NAME_USER, "bad", &id), -EINVAL);
}

/* The image's own /etc/group may be that of another system: what the image was built by counts. */
static void names_in_an_image(void **state)
{
	uint32_t id;

	(void)state;
	LOCAL_ETC;
	fake_file(MANIFEST_FILE, "binary /usr/sbin/vfio-early\nuser ann 1001\ngroup kvm 104\n");
	assert_int_equal(names_find(fake_root(), NAME_USER, "ann", &id), 0);
	assert_int_equal(id, 1001);
	assert_int_equal(names_find(fake_root(), NAME_GROUP, "kvm", &id), 0);
	assert_int_equal(id, 104);
	assert_int_equal(names_find(fake_root(), NAME_USER, "root", &id), -ESRCH);
}

static void unknown_owner(void **state)
{
	(void)state;
	plan("kvmfr size=64M owner=1000 group=kvm mode=0666\nkvmfr size=64M group=78", "");
	assert_int_equal(problems.count, 1);
	assert_int_equal(problems.worst, EXIT_POLICY);
	assert_non_null(strstr(problems.text[0], "policy:1: the group kvm is not known here"));
	is("load", "/dev/kvmfr0 64 MiB");
	assert_false(k.dev[0].give);
	assert_int_equal(k.dev[0].mode, 0600);
	assert_int_equal(k.dev[0].uid, 0);
	assert_int_equal(k.dev[1].gid, 78);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(resolutions),	  TEST(option_of_the_module), TEST(several),	   TEST(modes),
	TEST(options_must_agree), TEST(size_from_options),    TEST(ten_are_all),   TEST(names),
	TEST(silly_sizes),	  TEST(names_in_an_image),    TEST(unknown_owner),
};

int main(void)
{
	return RUN_TESTS(tests);
}
