/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmdline.h"

#include <stdbool.h>
#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

static char fold(char c)
{
	return c == '_' ? '-' : c;
}

int cmdline_next(char **rest, struct cmdline_word *word)
{
	char *s = *rest, *end;
	char *equals = NULL;
	bool quoted = false, whole;

	while (is_space(*s))
		s++;
	whole = *s == '"';
	if (whole)
		s++;
	for (end = s, quoted = whole; *end && (quoted || !is_space(*end)); end++) {
		if (*end == '"')
			quoted = !quoted;
		else if (*end == '=' && !equals)
			equals = end;
	}
	*rest = *end ? end + 1 : end;
	*end = '\0';
	if (end == s && !whole)
		return 0;
	if (whole && end > s && end[-1] == '"')
		end[-1] = '\0';
	if (strcmp(s, "--") == 0)
		return 0;
	word->key = s;
	word->value = NULL;
	if (!equals)
		return 1;
	*equals = '\0';
	word->value = equals + 1;
	if (word->value[0] == '"') {
		word->value++;
		if (end > word->value && end[-1] == '"')
			end[-1] = '\0';
	}
	return 1;
}

const char *cmdline_suffix(const char *key, const char *name)
{
	for (; *name; name++, key++)
		if (fold(*key) != fold(*name))
			return NULL;
	if (!*key)
		return key;
	return *key == '.' ? key + 1 : NULL;
}

int cmdline_key_is(const char *key, const char *name)
{
	while (*key && fold(*key) == fold(*name)) {
		key++;
		name++;
	}
	return !*key && !*name;
}
