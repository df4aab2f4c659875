/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers, names, quotes, lists, and the words of a kernel command line. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmdline.h"
#include "text.h"
#include "unit.h"

static void numbers(void **state)
{
	static const char *const bad[] = { "",
					   " 1",
					   "1 ",
					   "+1",
					   "-1",
					   "0x1",
					   "1.0",
					   "x",
					   "256",
					   "4294967296",
					   "18446744073709551617" };
	uint32_t v;
	size_t i;

	(void)state;
	assert_int_equal(text_u32("0", 255, &v), 0);
	assert_int_equal(v, 0);
	assert_int_equal(text_u32("0255", 255, &v), 0);
	assert_int_equal(v, 255);
	assert_int_equal(text_u32("4294967295", UINT32_MAX, &v), 0);
	assert_int_equal(v, UINT32_MAX);
	for (i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(text_u32(bad[i], 255, &v), -EINVAL);
}

/* Piece by piece, and cut where the buffer ends. */
static void put(void **state)
{
	char buf[12];
	char *end = buf + sizeof(buf), *at = buf;

	(void)state;
	at = text_put_number(text_put(at, end, "a="), end, 0);
	assert_string_equal(buf, "a=0");
	at = text_put(at, end, ",");
	assert_ptr_equal(at, buf + 4);
	assert_ptr_equal(text_put(at, end, ""), at);
	at = text_put_number(at, end, UINT64_MAX);
	assert_string_equal(buf, "a=0,1844674");
	assert_ptr_equal(at, end - 1);
	assert_ptr_equal(text_put(at, end, "x"), at);
	assert_string_equal(buf, "a=0,1844674");
}

static void sizes(void **state)
{
	static const char *const bad[] = {
		"",	   "M",	  "1",	  "1m",	  "1MB",
		"1 M",	   "-1M", "1.5G", "0x1M", "99999999999999999999M",
		"1048577G"
	};
	uint64_t v;
	size_t i;

	(void)state;
	assert_int_equal(text_size("64M", &v), 0);
	assert_true(v == 64ULL << 20);
	assert_int_equal(text_size("4K", &v), 0);
	assert_true(v == 4096);
	assert_int_equal(text_size("1048576G", &v), 0);
	assert_true(v == 1ULL << 50);
	for (i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(text_size(bad[i], &v), -EINVAL);
}

static void names(void **state)
{
	(void)state;
	assert_true(text_is_name("gaming-1_a.B", 63));
	assert_true(text_is_name("abc", 3));
	assert_false(text_is_name("abcd", 3));
	assert_false(text_is_name("", 3));
	assert_false(text_is_name("a b", 63));
	assert_false(text_is_name("a/b", 63));
	assert_false(text_is_name("a\n", 63));
	assert_false(text_is_name("\xc3\xa4", 63));
}

static void quotes(void **state)
{
	char buf[QUOTED], text[200];
	size_t len;

	(void)state;
	assert_string_equal(text_quote("abc", buf), "\"abc\"");
	assert_string_equal(text_quote("", buf), "\"\"");
	assert_string_equal(text_quote("a\x1b[1m\n", buf), "\"a\x1b[1m\n\"");
	/* However long, it ends in a quote within the buffer. */
	for (len = 0; len < sizeof(text); len++) {
		memset(text, len & 1 ? 'x' : '\x01', len);
		text[len] = '\0';
		(void)text_quote(text, buf);
		assert_true(strlen(buf) < QUOTED);
		assert_int_equal(buf[strlen(buf) - 1], '"');
	}
	assert_non_null(strstr(buf, "..\""));
}

static void lists(void **state)
{
	char text[] = "1,,15,", empty[] = "";
	char *rest = text;

	(void)state;
	assert_string_equal(text_next_item(&rest), "1");
	assert_string_equal(text_next_item(&rest), "");
	assert_string_equal(text_next_item(&rest), "15");
	assert_string_equal(text_next_item(&rest), "");
	assert_null(text_next_item(&rest));
	rest = empty;
	assert_string_equal(text_next_item(&rest), "");
	assert_null(text_next_item(&rest));
}

static void appends(void **state)
{
	char buf[8] = "ab";

	(void)state;
	text_append(buf, sizeof(buf), "%d", 12);
	assert_string_equal(buf, "ab12");
	text_append(buf, sizeof(buf), "%s", "345678");
	assert_string_equal(buf, "ab12345");
	text_append(buf, sizeof(buf), "x");
	assert_string_equal(buf, "ab12345");
	memset(buf, 'x', sizeof(buf));
	text_append(buf, sizeof(buf), "y");
	assert_memory_equal(buf, "xxxxxxxx", 8);
}

/* All words as KEY[=VALUE] with | between them. */
static const char *split(const char *line)
{
	static char out[256];
	char copy[256];
	struct cmdline_word w;
	char *rest = copy;
	int n;

	(void)snprintf(copy, sizeof(copy), "%s", line);
	out[0] = '\0';
	for (n = 0; cmdline_next(&rest, &w); n++) {
		text_append(out, sizeof(out), "%s%s", n ? "|" : "", w.key);
		if (w.value)
			text_append(out, sizeof(out), "=%s", w.value);
	}
	return out;
}

static void words(void **state)
{
	(void)state;
	assert_string_equal(split(""), "");
	assert_string_equal(split(" \t\n"), "");
	assert_string_equal(split("quiet ro"), "quiet|ro");
	assert_string_equal(split("  a=1\tb=\n c "), "a=1|b=|c");
	assert_string_equal(split("a=b=c"), "a=b=c");
	assert_string_equal(split("a=\"1 2\" b"), "a=1 2|b");
	assert_string_equal(split("\"a=1 2\" b"), "a=1 2|b");
	assert_string_equal(split("\"a b\""), "a b");
	assert_string_equal(split("a=\"1"), "a=1");
	assert_string_equal(split("\"a=1"), "a=1");
	assert_string_equal(split("a=1\"2 3\"4 b"), "a=1\"2 3\"4|b");
	assert_string_equal(split("a=1 -- b=2"), "a=1");
	assert_string_equal(split("a=1 --b c"), "a=1|--b|c");
	assert_string_equal(split("a=\"\" b"), "a=|b");
	assert_string_equal(split("\"\" b"), "|b");
	assert_string_equal(split("\""), "");
}

static void keys(void **state)
{
	(void)state;
	assert_string_equal(cmdline_suffix("vfio_early.groups", "vfio_early"), "groups");
	assert_string_equal(cmdline_suffix("vfio-early.groups", "vfio_early"), "groups");
	assert_string_equal(cmdline_suffix("vfio_early", "vfio_early"), "");
	assert_string_equal(cmdline_suffix("vfio_early.", "vfio_early"), "");
	assert_null(cmdline_suffix("vfio_earl", "vfio_early"));
	assert_null(cmdline_suffix("vfio_earlyx", "vfio_early"));
	assert_null(cmdline_suffix("vfio_early_groups", "vfio_early"));
	assert_null(cmdline_suffix("", "vfio_early"));
	assert_true(cmdline_key_is("a-b_c", "a_b-c"));
	assert_false(cmdline_key_is("a-b", "a-bc"));
	assert_false(cmdline_key_is("a-bc", "a-b"));
	assert_true(cmdline_key_is("", ""));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(numbers), cmocka_unit_test(put),    cmocka_unit_test(sizes),
	cmocka_unit_test(names),   cmocka_unit_test(quotes), cmocka_unit_test(lists),
	cmocka_unit_test(appends), cmocka_unit_test(words),  cmocka_unit_test(keys),
};

int main(void)
{
	return RUN_TESTS(tests);
}
