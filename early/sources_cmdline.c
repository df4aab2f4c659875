/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources_cmdline.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cmdline.h"
#include "text.h"

#define PLACE_TEXT 85 /* cuts what is no key of ours */

struct context {
	struct policy *policy;
	struct problems *problems;
	const char *place; /* "cmdline: vfio_early.groups" */
	unsigned int allow; /* for every rule of the command line */
};

static int complain(struct context *c, const char *word, const char *expected)
{
	char quoted[QUOTED];

	problems_add(c->problems, EXIT_POLICY, c->place, "%s: %s", text_quote(word, quoted),
		     expected);
	return 0;
}

static int add_line(struct context *c, const char *line)
{
	struct origin origin = { .source = policy_keep(c->policy, c->place) };

	if (!origin.source)
		return -ENOMEM;
	return policy_add_line(c->policy, &origin, line, strlen(line), c->problems);
}

static char *trim(char *s)
{
	size_t len;

	s += strspn(s, " \t");
	len = strlen(s);
	while (len && strchr(" \t", s[len - 1]))
		s[--len] = '\0';
	return s;
}

/* One statement per element of a comma-separated value. form has one %s. An element with a blank
 * or '#' in it would be more than a value, so it is an error, as an empty one is. */
static int add_items(struct context *c, char *value, const char *statement, const char *key)
{
	char line[256];
	char *rest = value, *item;
	int r = 0;

	while (r == 0 && (item = text_next_item(&rest))) {
		item = trim(item);
		if (!*item || strpbrk(item, " \t#=") || strlen(item) > 150) {
			r = complain(c, item, "expected a list such as 1,15 without blanks");
			continue;
		}
		text_join(line, sizeof(line), statement, " ", key, "=", item);
		r = add_line(c, line);
	}
	return r;
}

static int add_groups(struct context *c, char *value)
{
	return add_items(c, value, "claim", "group");
}

static int add_devices(struct context *c, char *value)
{
	return add_items(c, value, "claim", "device");
}

static int add_ids(struct context *c, char *value)
{
	return add_items(c, value, "claim", "id");
}

static int add_kvmfr(struct context *c, char *value)
{
	char *rest = value, *item;
	int r = 0;

	while (r == 0 && (item = text_next_item(&rest)))
		r = add_items(c, item, "kvmfr", strchr(item, 'x') ? "for" : "size");
	return r;
}

static int add_hugepages(struct context *c, char *value)
{
	char line[128], size[32];
	char *colon = strchr(value, ':');

	if (!colon || (size_t)(colon - value) >= sizeof(size) || strlen(colon) > 32 ||
	    strpbrk(value, " \t#="))
		return complain(c, value, "expected SIZE:COUNT such as 1G:16");
	(void)snprintf(size, sizeof(size), "%.*s", (int)(colon - value), value);
	(void)snprintf(line, sizeof(line), "hugepages size=%s count=%s", size, colon + 1);
	return add_line(c, line);
}

static int add_allow(struct context *c, char *value)
{
	char *rest = value, *item;
	unsigned int allow = 0;

	while ((item = text_next_item(&rest))) {
		item = trim(item);
		if (strcmp(item, "console") == 0)
			allow |= ALLOW_CONSOLE;
		else if (strcmp(item, "collateral") == 0)
			allow |= ALLOW_COLLATERAL;
		else
			return complain(c, item, "expected console or collateral");
	}
	c->allow |= allow;
	return 0;
}

static int add_profile(struct context *c, char *value)
{
	char *rest = value, *item;

	while ((item = text_next_item(&rest))) {
		struct policy *p = c->policy;
		const char *kept;

		item = trim(item);
		if (!text_is_name(item, POLICY_NAME_MAX))
			return complain(c, item, "expected the name of a profile");
		if (p->profiles == POLICY_PROFILES_MAX)
			return complain(c, item, "more than 8 profiles");
		kept = policy_keep(p, item);
		if (!kept)
			return -ENOMEM;
		p->profile[p->profiles++] = kept;
	}
	return 0;
}

static int add_policy(struct context *c, char *value)
{
	if (strcmp(value, "cmdline") != 0)
		return complain(c, value, "expected cmdline");
	c->policy->cmdline_only = true;
	return 0;
}

/* 0 or 1 as the kernel reads a switch, or -1. */
static int switch_value(const char *value)
{
	static const char *const words[][2] = {
		{ "0", "1" }, { "off", "on" }, { "no", "yes" }, { "n", "y" }, { "false", "true" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(words) * 2; i++)
		if (strcasecmp(value, words[i / 2][i % 2]) == 0)
			return (int)(i % 2);
	return -1;
}

/* vfio_early itself. */
static int add_switch(struct context *c, const char *value)
{
	int on = switch_value(value);

	if (on < 0)
		return complain(c, value, "expected 0, off or no (claim nothing), or 1");
	c->policy->disabled = !on;
	return 0;
}

/* Behind "--" the words are for the first process. But who adds vfio_early=0 at the end of a line
 * that has one needs the way back: that word counts there too. */
static void look_behind(struct context *c, char *rest)
{
	struct cmdline_word word;

	while (*rest)
		while (cmdline_next(&rest, &word))
			if (word.value && cmdline_key_is(word.key, "vfio_early") &&
			    switch_value(word.value) == 0)
				c->policy->disabled = true;
}

/* vfio_early_groups, vfio-early:groups: who wrote that meant us. */
static bool nearly_ours(const char *key)
{
	char head[sizeof("vfio_early")];

	text_join(head, sizeof(head), key);
	return cmdline_key_is(head, "vfio_early") && strchr("_-:/", key[sizeof(head) - 1]);
}

static const struct key {
	const char *name;
	int (*add)(struct context *c, char *value);
} keys[] = {
	{ "groups", add_groups },   { "devices", add_devices },	    { "ids", add_ids },
	{ "kvmfr", add_kvmfr },	    { "hugepages", add_hugepages }, { "allow", add_allow },
	{ "profile", add_profile }, { "policy", add_policy },
};

static int unknown_key(struct context *c, const char *key)
{
	return complain(c, key,
			"unknown key, expected groups, devices, ids, kvmfr, hugepages, allow, "
			"profile or policy");
}

static int add_word(struct context *c, const char *suffix, char *value)
{
	size_t i;

	if (!value || !*value)
		return complain(c, *suffix ? suffix : "vfio_early",
				"a value is missing, expected key=value");
	if (!*suffix)
		return add_switch(c, value);
	for (i = 0; i < ARRAY_LEN(keys); i++)
		if (cmdline_key_is(suffix, keys[i].name))
			return keys[i].add(c, value);
	return unknown_key(c, suffix);
}

int sources_cmdline(struct policy *p, char *text, struct problems *problems)
{
	struct context c = { .policy = p, .problems = problems };
	struct cmdline_word word;
	char place[ORIGIN_TEXT];
	char *rest = text;
	size_t i;

	while (cmdline_next(&rest, &word)) {
		const char *suffix = cmdline_suffix(word.key, "vfio_early");
		int r;

		c.place = "cmdline: vfio_early";
		if (!suffix && nearly_ours(word.key))
			(void)unknown_key(&c, word.key);
		if (!suffix)
			continue;
		text_join(place, PLACE_TEXT, "cmdline: vfio_early", *suffix ? "." : "", suffix);
		c.place = place;
		r = add_word(&c, suffix, word.value);
		if (r < 0)
			return r;
	}
	look_behind(&c, rest);
	for (i = 0; i < p->rules; i++)
		p->rule[i].allow |= c.allow;
	return 0;
}
