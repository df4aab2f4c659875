/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "alias_match.h"

#include <stdbool.h>
#include <stddef.h>

/* Behind "[": whether c is in the set; *end is set behind its "]". A "[" without "]" is itself. */
static bool in_set(const char *set, unsigned char c, const char **end)
{
	const char *p = set;
	bool negated = *p == '!';
	bool found = false;

	if (negated)
		p++;
	do {
		unsigned char low, high;

		if (*p == '\\' && p[1])
			p++;
		if (!*p) {
			*end = set;
			return c == '[';
		}
		low = high = (unsigned char)*p++;
		if (*p == '-' && p[1] && p[1] != ']') {
			high = (unsigned char)p[1];
			p += 2;
		}
		found |= low <= c && c <= high;
	} while (*p != ']');
	*end = p + 1;
	return found != negated;
}

/* One element of the pattern, other than "*", against one character. */
static bool one(const char **pattern, unsigned char c)
{
	const char *p = *pattern;

	if (*p == '[')
		return in_set(p + 1, c, pattern);
	*pattern = p + 1;
	if (*p == '?')
		return true;
	if (*p == '\\' && p[1])
		*pattern = ++p + 1;
	return (unsigned char)*p == c;
}

int alias_match(const char *pattern, const char *text, int flags)
{
	const char *star = NULL, *retry = NULL;

	(void)flags;
	while (*text) {
		const char *next = pattern;

		if (*pattern == '*') {
			star = ++pattern;
			retry = text;
		} else if (*pattern && one(&next, (unsigned char)*text)) {
			pattern = next;
			text++;
		} else if (star) {
			/* The last "*" takes one character more. */
			pattern = star;
			text = ++retry;
		} else {
			return 1;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern != '\0';
}
