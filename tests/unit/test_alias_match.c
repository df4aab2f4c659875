/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patterns of modules.alias: by hand, and many at random against the C library's fnmatch(). */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "alias_match.h"
#include "attrs.h"
#include "unit.h"

static void by_hand(void **state)
{
	static const char text[] = "pci:v000010DEd000013C2sv00001043sd00008508bc03sc00i00";

	(void)state;
	assert_int_equal(alias_match("pci:v000010DEd*sv*sd*bc03sc00i00*", text, 0), 0);
	assert_int_equal(alias_match("pci:v000010DEd*sv*sd*bc03sc02i00*", text, 0), 1);
	assert_int_equal(alias_match("*", text, 0), 0);
	assert_int_equal(alias_match("", text, 0), 1);
	assert_int_equal(alias_match("", "", 0), 0);
	assert_int_equal(alias_match("**", "", 0), 0);
	assert_int_equal(alias_match("?", "", 0), 1);
	assert_int_equal(alias_match("a[0-9]b", "a5b", 0), 0);
	assert_int_equal(alias_match("a[!0-9]b", "a5b", 0), 1);
	assert_int_equal(alias_match("a[]]b", "a]b", 0), 0);
	assert_int_equal(alias_match("a[", "a[", 0), 0);
	assert_int_equal(alias_match("a\\*", "a*", 0), 0);
	assert_int_equal(alias_match("a\\*", "ab", 0), 1);
	assert_int_equal(alias_match("\xff*", "\xff", 0), 0);
}

/* Repeatable: the same numbers in every run. */
static unsigned int next_random(void)
{
	static unsigned int seed = 20;

	seed = seed * 1103515245U + 12345U;
	return seed >> 16 & 0x7fff;
}

static void random_text(char *buf, size_t max, const char *alphabet)
{
	size_t i, len = next_random() % max;

	for (i = 0; i < len; i++)
		buf[i] = alphabet[next_random() % strlen(alphabet)];
	buf[len] = '\0';
}

static void at_random(void **state)
{
	unsigned int i, matched = 0;

	(void)state;
	for (i = 0; i < 300000; i++) {
		char pattern[10], text[8];
		int want;

		random_text(pattern, sizeof(pattern), i & 1 ? "ab*?" : "abc*?[]!-");
		random_text(text, sizeof(text), i & 1 ? "ab" : "abc]-!");
		want = fnmatch(pattern, text, 0) != 0;
		matched += !want;
		if (alias_match(pattern, text, 0) != want)
			fail_msg("\"%s\" and \"%s\": fnmatch() says %d", pattern, text, want);
	}
	assert_true(matched > 10000);
}

/* Many stars must not take for ever. */
static void slow_pattern(void **state)
{
	char text[4096];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(alias_match("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", text, 0), 1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(by_hand),
	cmocka_unit_test(at_random),
	cmocka_unit_test(slow_pattern),
};

int main(void)
{
	return RUN_TESTS(tests);
}
