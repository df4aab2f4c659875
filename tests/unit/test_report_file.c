/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader of the report: what report.c writes comes back as it was, and what it would not write
 * is refused.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fakesys.h"
#include "operator/report_file.h"
#include "report.h"
#include "scene.h"
#include "unit.h"

static struct report r;

static int parse_bytes(const char *text, size_t len)
{
	char *copy = malloc(len + 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	copy[len] = '\0';
	return report_parse(&r, copy, len);
}

/* TEXT and the last line. */
static int parse(const char *text)
{
	char whole[256];

	(void)snprintf(whole, sizeof(whole), "%s" REPORT_END, text);
	return parse_bytes(whole, strlen(whole));
}

static void blocks(void **state)
{
	(void)state;
	assert_int_equal(parse("version=1\nstate=done\n\nrule=a:1\nname=\n\n\x64"
			       "evice=0000:01:00.0\nrule=a:1\n"),
			 0);
	assert_int_equal(r.blocks, 4);
	assert_string_equal(report_value(&r, 0, "state"), "done");
	assert_string_equal(report_value(&r, 0, "name"), "");
	assert_true(report_is(&r, 1, "rule"));
	assert_string_equal(report_value(&r, 2, "rule"), "a:1");
	report_free(&r);
}

static void escapes(void **state)
{
	(void)state;
	assert_int_equal(parse("version=a\\x0astate=failed\\\\x\\xff=\n"), 0);
	assert_int_equal(r.blocks, 2);
	assert_string_equal(report_value(&r, 0, "version"), "a\nstate=failed\\x\xff=");
	assert_string_equal(report_value(&r, 0, "state"), "");
	report_free(&r);
}

static void damaged(void **state)
{
	static const char *const text[] = {
		"",
		"\n",
		"version=1",
		"state=done\n",
		"\nversion=1\n",
		"version=1\n\n\nrule=a\n",
		"version=1\nstate\n",
		"version=1\n=done\n",
		"version=1\nState=done\n",
		"version=1\nstate=\\n\n",
		"version=1\nstate=\\\n",
		"version=1\nstate=\\x0\n",
		"version=1\nstate=\\x00\n",
		"version=1\nstate=\\x0A\n",
		"version=1\nstate=a\tb\n",
		"version=1\nstate=\033[31m\n",
		"version=1\nstate=\xff\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(text); i++)
		if (parse(text[i]) != -EBADMSG)
			fail_msg("was read: %s", text[i]);
	assert_int_equal(parse_bytes("version=1\n\0" REPORT_END, 11 + strlen(REPORT_END)),
			 -EBADMSG);
}

/* Wherever it was cut, the end of a line or of a block too. */
static void truncated(void **state)
{
	static const char text[] = "version=1\nstate=done\n\nrule=a\\x0aend=\nname=\n" REPORT_END;
	size_t len;

	(void)state;
	for (len = 0; len < strlen(text); len++)
		if (parse_bytes(text, len) != -ENODATA)
			fail_msg("was not seen as truncated: %.*s", (int)len, text);
	assert_int_equal(parse_bytes(text, len), 0);
	assert_string_equal(report_value(&r, 1, "rule"), "a\nend=");
	report_free(&r);
}

static void round_trip(void **state)
{
	bool made;
	struct fake_device d = {
		.addr = "0000:01:00.0", .id = "10de:1db6", .class = "030200", .group = 1
	};
	struct scene s;

	(void)state;
	fake_start();
	fake_add(&d);
	fake_driver("vfio-pci");
	scene_claim(&s, "claim group=1 name=card\nclam \x1b\\", false);
	assert_int_equal(report_write(fake_root(), REPORT_DIR, &s.result, &made), 0);
	assert_int_equal(report_read(&r, fake_root(), REPORT_DIR), 0);
	assert_int_equal(r.blocks, 5);
	assert_true(report_is(&r, 1, "problem"));
	assert_string_equal(report_value(&r, 2, "name"), "card");
	assert_string_equal(report_value(&r, 2, "groups"), "1");
	assert_string_equal(report_value(&r, 2, "met"), "yes");
	assert_string_equal(report_value(&r, 3, "device"), "0000:01:00.0");
	report_free(&r);
	scene_free(&s);
	fake_stop();
}

/* Only a regular file is read, and none that somebody could have put in its place by a link. */
static void in_the_way(void **state)
{
	char path[128];

	(void)state;
	fake_start();
	assert_int_equal(report_read(&r, fake_root(), REPORT_DIR), -ENOENT);
	fake_file(REPORT_DIR "/other", "version=1\n");
	(void)snprintf(path, sizeof(path), "%s/" REPORT_DIR "/report", fake_root()->prefix);
	assert_int_equal(symlink("other", path), 0);
	assert_int_equal(report_read(&r, fake_root(), REPORT_DIR), -ELOOP);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(report_read(&r, fake_root(), REPORT_DIR), -EBADMSG);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(report_read(&r, fake_root(), REPORT_DIR), -EBADMSG);
	assert_int_equal(rmdir(path), 0);
	fake_file(REPORT_DIR "/report", "version=1\n");
	assert_int_equal(truncate(path, 17 << 20), 0);
	assert_int_equal(report_read(&r, fake_root(), REPORT_DIR), -EBADMSG);
	fake_stop();
}

/* On the running system it must be root's. */
static void owner(void **state)
{
	char path[128];
	struct root live;

	(void)state;
	fake_start();
	live = *fake_root();
	live.foreign = false;
	fake_file(REPORT_DIR "/report", "version=1\n" REPORT_END);
	(void)snprintf(path, sizeof(path), "%s/" REPORT_DIR "/report", fake_root()->prefix);
	if (geteuid() == 0) {
		assert_int_equal(report_read(&r, &live, REPORT_DIR), 0);
		report_free(&r);
		assert_int_equal(chown(path, 65534, 65534), 0);
	}
	assert_int_equal(report_read(&r, &live, REPORT_DIR), -EPERM);
	fake_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks),     cmocka_unit_test(escapes),
		cmocka_unit_test(damaged),    cmocka_unit_test(round_trip),
		cmocka_unit_test(in_the_way), cmocka_unit_test(owner),
		cmocka_unit_test(truncated),
	};

	return RUN_TESTS(tests);
}
