/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy_keys.h"
#include "text.h"

static void rule_free(struct rule *r)
{
	free(r->expect);
	free(r->words);
	free(r->text);
}

void policy_drop_rules(struct policy *p)
{
	while (p->rules)
		rule_free(&p->rule[--p->rules]);
	p->void_stop = false;
}

void policy_free(struct policy *p)
{
	size_t i;

	policy_drop_rules(p);
	for (i = 0; i < p->sources; i++)
		free(p->source[i]);
	free(p->rule);
	free(p->file);
	free(p->source);
	memset(p, 0, sizeof(*p));
}

const char *policy_keep(struct policy *p, const char *name)
{
	char **grown;
	char *copy;

	if (p->sources && strcmp(p->source[p->sources - 1], name) == 0)
		return p->source[p->sources - 1];
	grown = realloc(p->source, (p->sources + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	p->source = grown;
	copy = strdup(name);
	if (!copy)
		return NULL;
	p->source[p->sources++] = copy;
	return copy;
}

struct policy_file *policy_add_file(struct policy *p, const char *name)
{
	struct policy_file *grown = realloc(p->file, (p->files + 1) * sizeof(*grown));

	if (!grown)
		return NULL;
	p->file = grown;
	p->file[p->files] = (struct policy_file){ .name = name, .hash = 0xcbf29ce484222325 };
	return &p->file[p->files++];
}

void policy_hash(struct policy_file *f, const char *buf, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		f->hash = (f->hash ^ (unsigned char)buf[i]) * 0x100000001b3;
}

const char *origin_format(const struct origin *o, char buf[ORIGIN_TEXT])
{
	char *end = buf + ORIGIN_TEXT, *at = text_put(buf, end - sizeof(":4294967295"), o->source);

	if (o->line)
		(void)text_put_number(text_put(at, end, ":"), end, o->line);
	return buf;
}

static char *next_word(char **rest)
{
	char *s = *rest + strspn(*rest, " \t\r");
	size_t len = strcspn(s, " \t\r");

	if (!len)
		return NULL;
	*rest = s[len] ? s + len + 1 : s + len;
	s[len] = '\0';
	return s;
}

/* Reads r->words into the rule. */
static int parse_words(struct rule *r, struct complaint *c)
{
	char *rest = r->words, *word = next_word(&rest);
	char quoted[QUOTED];
	int err;

	r->kind = word ? keys_statement(word) : 0;
	if (!r->kind) {
		(void)snprintf(c->text, sizeof(c->text),
			       "%s: unknown statement, expected claim, protect, kvmfr or hugepages",
			       text_quote(word ? word : "", quoted));
		return -EINVAL;
	}
	while ((word = next_word(&rest))) {
		err = keys_apply(r, word, c);
		if (err < 0)
			return err;
	}
	return keys_finish(r, c);
}

/* Whether the line says on-failure=stop, however broken the rest of it is: a host that asked to be
 * stopped must not boot on because of a typing error in the same line. */
static bool wants_stop(const char *text, size_t len)
{
	static const char stop[] = "on-failure=stop";

	return memmem(text, len, stop, sizeof(stop) - 1) != NULL;
}

static bool profile_active(const struct policy *p, const struct rule *r)
{
	unsigned int i;

	if (!r->profile || p->all_profiles)
		return true;
	for (i = 0; i < p->profiles; i++)
		if (strcmp(p->profile[i], r->profile) == 0)
			return true;
	return false;
}

/* Takes the rule over, or frees it. */
static int keep_rule(struct policy *p, struct rule *r)
{
	struct rule *grown;
	size_t room = p->room ? p->room * 2 : 8;

	if (p->rules == p->room) {
		grown = realloc(p->rule, room * sizeof(*grown));
		if (!grown) {
			rule_free(r);
			return -ENOMEM;
		}
		p->rule = grown;
		p->room = room;
	}
	p->rule[p->rules++] = *r;
	return 0;
}

static int add_statement(struct policy *p, const struct origin *origin, const char *text,
			 struct problems *problems)
{
	struct rule r = { .origin = *origin };
	struct complaint c;
	char place[ORIGIN_TEXT];
	int err = -ENOMEM;

	r.text = strdup(text);
	r.words = strdup(text);
	if (r.text && r.words)
		err = parse_words(&r, &c);
	if (err == -EINVAL) {
		problems_add(problems, EXIT_POLICY, origin_format(origin, place), "%s", c.text);
		p->void_stop |= wants_stop(text, strlen(text));
		err = 0;
	} else if (err == 0 && profile_active(p, &r)) {
		return keep_rule(p, &r);
	}
	rule_free(&r);
	return err;
}

/* The part of the line before any comment, without blanks at its ends, into text. Returns NULL if
 * all is well, else what is wrong with the bytes. */
static const char *clean_line(const char *line, size_t len, char text[POLICY_LINE_MAX + 1])
{
	const char *hash = memchr(line, '#', len);
	size_t i, used = hash ? (size_t)(hash - line) : len;

	text[0] = '\0';
	if (len > POLICY_LINE_MAX)
		return "the line is longer than 2048 bytes";
	if (memchr(line, '\0', len))
		return "a NUL byte, expected text";
	for (i = 0; i < used; i++) {
		unsigned char c = (unsigned char)line[i];

		if (c >= 0x80)
			return "a byte that is not ASCII, allowed in comments only";
		if ((c < 0x20 && c != '\t' && c != '\r') || c == 0x7f)
			return "a control character";
	}
	while (used && strchr(" \t\r", line[used - 1]))
		used--;
	for (i = 0; i < used && strchr(" \t\r", line[i]); i++)
		;
	memcpy(text, line + i, used - i);
	text[used - i] = '\0';
	return NULL;
}

int policy_add_line(struct policy *p, const struct origin *origin, const char *line, size_t len,
		    struct problems *problems)
{
	char text[POLICY_LINE_MAX + 1];
	char quoted[QUOTED], place[ORIGIN_TEXT];
	const char *wrong = clean_line(line, len, text);

	if (wrong) {
		p->void_stop |= wants_stop(line, len);
		(void)snprintf(text, sizeof(text), "%.*s", (int)(len < 200 ? len : 200), line);
		problems_add(problems, EXIT_POLICY, origin_format(origin, place), "%s: %s",
			     text_quote(text, quoted), wrong);
		return 0;
	}
	if (!text[0])
		return 0;
	if (p->rules == POLICY_RULES_MAX) {
		if (!p->overflow)
			problems_add(
				problems, EXIT_POLICY, origin_format(origin, place),
				"%s: more than %d rules, this one and all behind it are ignored",
				text_quote(text, quoted), POLICY_RULES_MAX);
		p->overflow = true;
		p->void_stop |= wants_stop(text, strlen(text));
		return 0;
	}
	return add_statement(p, origin, text, problems);
}
