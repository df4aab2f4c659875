/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy_keys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kvmfr_size.h"
#include "text.h"

#define PIXELS_MAX 16384

static int complain(struct complaint *c, const char *word, const char *expected)
{
	char quoted[QUOTED];

	(void)snprintf(c->text, sizeof(c->text), "%s: %s", text_quote(word, quoted), expected);
	return -EINVAL;
}

static int set_group(struct rule *r, char *v, struct complaint *c)
{
	if (text_u32(v, INT32_MAX, &r->group) < 0)
		return complain(c, v, "expected the number of an IOMMU group");
	return 0;
}

static int set_device(struct rule *r, char *v, struct complaint *c)
{
	const char *why;

	return addr_parse(v, &r->device, &why) < 0 ? complain(c, v, why) : 0;
}

static int set_path(struct rule *r, char *v, struct complaint *c)
{
	const char *why;

	return path_parse(v, &r->path, &why) < 0 ? complain(c, v, why) : 0;
}

static int set_id(struct rule *r, char *v, struct complaint *c)
{
	const char *why;

	return id_parse(v, &r->id, &why) < 0 ? complain(c, v, why) : 0;
}

static int set_expect(struct rule *r, char *v, struct complaint *c)
{
	const char *why;
	char *rest = v, *item;
	unsigned int n = 1;
	const char *s;

	for (s = v; *s; s++)
		n += *s == ',';
	if (n > POLICY_EXPECT_MAX)
		return complain(c, v, "more than 256 ids");
	r->expect = calloc(n, sizeof(*r->expect));
	if (!r->expect)
		return -ENOMEM;
	while ((item = text_next_item(&rest)))
		if (id_parse(item, &r->expect[r->expects++], &why) < 0)
			return complain(c, item, why);
	return 0;
}

static int set_name(struct rule *r, char *v, struct complaint *c)
{
	if (!text_is_name(v, POLICY_NAME_MAX))
		return complain(c, v, "expected 1 to 63 letters, digits, '_', '-' or '.'");
	r->name = v;
	return 0;
}

static int set_profile(struct rule *r, char *v, struct complaint *c)
{
	if (!text_is_name(v, POLICY_NAME_MAX))
		return complain(c, v, "expected 1 to 63 letters, digits, '_', '-' or '.'");
	r->profile = v;
	return 0;
}

static int set_allow(struct rule *r, char *v, struct complaint *c)
{
	char *rest = v, *item;

	while ((item = text_next_item(&rest))) {
		if (strcmp(item, "console") == 0)
			r->allow |= ALLOW_CONSOLE;
		else if (strcmp(item, "collateral") == 0)
			r->allow |= ALLOW_COLLATERAL;
		else
			return complain(c, item, "expected console or collateral");
	}
	return 0;
}

static int set_driver(struct rule *r, char *v, struct complaint *c)
{
	if (!text_is_name(v, 47) || strchr(v, '.'))
		return complain(c, v, "expected auto or the name of a driver such as vfio-pci");
	r->driver = v;
	return 0;
}

static int set_yes(bool *flag, const char *v, struct complaint *c)
{
	if (strcmp(v, "yes") != 0 && strcmp(v, "no") != 0)
		return complain(c, v, "expected yes or no");
	*flag = *v == 'y';
	return 0;
}

static int set_rebind(struct rule *r, char *v, struct complaint *c)
{
	return set_yes(&r->rebind, v, c);
}

static int set_on_failure(struct rule *r, char *v, struct complaint *c)
{
	if (strcmp(v, "continue") != 0 && strcmp(v, "stop") != 0)
		return complain(c, v, "expected continue or stop");
	r->stop = *v == 's';
	return 0;
}

static int set_reset_method(struct rule *r, char *v, struct complaint *c)
{
	char *s;

	if (!*v || v[strspn(v, "abcdefghijklmnopqrstuvwxyz0123456789_,")])
		return complain(c, v, "expected reset methods such as flr or flr,bus");
	for (s = v; *s; s++)
		if (*s == ',')
			*s = ' '; /* the attribute wants a list with blanks */
	r->attr[0] = v;
	return 0;
}

static int set_d3cold(struct rule *r, char *v, struct complaint *c)
{
	if (strcmp(v, "0") != 0 && strcmp(v, "1") != 0)
		return complain(c, v, "expected 0 or 1");
	r->attr[1] = v;
	return 0;
}

static int set_power(struct rule *r, char *v, struct complaint *c)
{
	if (strcmp(v, "on") != 0 && strcmp(v, "auto") != 0)
		return complain(c, v, "expected on or auto");
	r->attr[2] = v;
	return 0;
}

static int set_size(struct rule *r, char *v, struct complaint *c)
{
	bool ok = text_size(v, &r->size) == 0 && r->size && !(r->size & (r->size - 1));

	if (r->kind == RULE_KVMFR && (!ok || r->size < KVMFR_SIZE_MIN || r->size > KVMFR_SIZE_MAX))
		return complain(c, v, "expected a power of two from 1M to 1G");
	if (!ok)
		return complain(c, v, "expected the size of a huge page such as 2M or 1G");
	return 0;
}

static int set_for(struct rule *r, char *v, struct complaint *c)
{
	char *x = strchr(v, 'x');
	bool ok = x != NULL;

	if (ok) {
		*x = '\0';
		ok = text_u32(v, PIXELS_MAX, &r->width) == 0 && r->width &&
		     text_u32(x + 1, PIXELS_MAX, &r->height) == 0 && r->height;
		*x = 'x';
	}
	return ok ? 0 : complain(c, v, "expected a resolution such as 3840x2160");
}

static int set_owner(struct rule *r, char *v, struct complaint *c)
{
	if (!text_is_name(v, 32))
		return complain(c, v, "expected a user's name or number");
	r->owner = v;
	return 0;
}

static int set_owner_group(struct rule *r, char *v, struct complaint *c)
{
	if (!text_is_name(v, 32))
		return complain(c, v, "expected a group's name or number");
	r->owner_group = v;
	return 0;
}

static int set_mode(struct rule *r, char *v, struct complaint *c)
{
	size_t n = strspn(v, "01234567");

	r->mode = (uint32_t)strtoul(v, NULL, 8);
	if (n < 3 || n > 4 || v[n] || (n == 4 && *v != '0') || !r->mode)
		return complain(c, v, "expected an octal mode such as 0660");
	return 0;
}

static int set_count(struct rule *r, char *v, struct complaint *c)
{
	if (text_u32(v, 1U << 24, &r->count) < 0 || !r->count)
		return complain(c, v, "expected a number of pages from 1 to 16777216");
	return 0;
}

static int set_node(struct rule *r, char *v, struct complaint *c)
{
	if (text_u32(v, 1023, &r->node) < 0)
		return complain(c, v, "expected the number of a NUMA node, 0 to 1023");
	return 0;
}

#define SELECTORS (RULE_CLAIM | RULE_PROTECT)
#define ALL_RULES (RULE_CLAIM | RULE_PROTECT | RULE_KVMFR | RULE_HUGEPAGES)

static const struct key {
	const char *name;
	unsigned int kinds; /* enum rule_kind: which statements take it */
	enum rule_key key;
	int (*set)(struct rule *r, char *value, struct complaint *c); /* NULL: takes no value */
} keys[] = {
	{ "group", SELECTORS, KEY_GROUP, set_group },
	{ "device", SELECTORS, KEY_DEVICE, set_device },
	{ "path", SELECTORS, KEY_PATH, set_path },
	{ "id", SELECTORS, KEY_ID, set_id },
	{ "expect", RULE_CLAIM, KEY_EXPECT, set_expect },
	{ "name", ALL_RULES, KEY_NAME, set_name },
	{ "profile", ALL_RULES, KEY_PROFILE, set_profile },
	{ "optional", RULE_CLAIM, KEY_OPTIONAL, NULL },
	{ "allow", RULE_CLAIM, KEY_ALLOW, set_allow },
	{ "driver", RULE_CLAIM, KEY_DRIVER, set_driver },
	{ "rebind", RULE_CLAIM, KEY_REBIND, set_rebind },
	{ "on-failure", RULE_CLAIM, KEY_ON_FAILURE, set_on_failure },
	{ "attr.reset_method", RULE_CLAIM, KEY_RESET_METHOD, set_reset_method },
	{ "attr.d3cold_allowed", RULE_CLAIM, KEY_D3COLD, set_d3cold },
	{ "attr.power/control", RULE_CLAIM, KEY_POWER, set_power },
	{ "size", RULE_KVMFR | RULE_HUGEPAGES, KEY_SIZE, set_size },
	{ "for", RULE_KVMFR, KEY_FOR, set_for },
	{ "hdr", RULE_KVMFR, KEY_HDR, NULL },
	{ "owner", RULE_KVMFR, KEY_OWNER, set_owner },
	{ "group", RULE_KVMFR, KEY_OWNER_GROUP, set_owner_group },
	{ "mode", RULE_KVMFR, KEY_MODE, set_mode },
	{ "count", RULE_HUGEPAGES, KEY_COUNT, set_count },
	{ "node", RULE_HUGEPAGES, KEY_NODE, set_node },
};

static const struct statement {
	const char *word;
	enum rule_kind kind;
} statements[] = {
	{ "claim", RULE_CLAIM },
	{ "protect", RULE_PROTECT },
	{ "kvmfr", RULE_KVMFR },
	{ "hugepages", RULE_HUGEPAGES },
};

enum rule_kind keys_statement(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(statements); i++)
		if (strcmp(word, statements[i].word) == 0)
			return statements[i].kind;
	return 0;
}

const char *keys_attr_name(unsigned int i)
{
	static const char *const names[RULE_ATTRS] = { "reset_method", "d3cold_allowed",
						       "power/control" };

	return names[i];
}

/* The word is an unknown key: say which there are for this statement. */
static int complain_key(const struct rule *r, const char *word, struct complaint *c)
{
	size_t i;

	(void)complain(c, word, "unknown key, expected one of");
	for (i = 0; i < ARRAY_LEN(keys); i++)
		if (keys[i].kinds & r->kind)
			text_append(c->text, sizeof(c->text), " %s", keys[i].name);
	return -EINVAL;
}

int keys_apply(struct rule *r, char *word, struct complaint *c)
{
	char *value = strchr(word, '=');
	const struct key *k = NULL;
	size_t i;

	if (value)
		*value++ = '\0';
	for (i = 0; i < ARRAY_LEN(keys) && !k; i++)
		if (keys[i].kinds & r->kind && strcmp(word, keys[i].name) == 0)
			k = &keys[i];
	if (!k)
		return complain_key(r, word, c);
	if (rule_has(r, k->key))
		return complain(c, word, "this key is given twice");
	r->given |= 1U << k->key;
	if (!k->set)
		return value ? complain(c, word, "this key takes no value") : 0;
	if (!value || !*value)
		return complain(c, word, "a value is missing, expected key=value");
	return k->set(r, value, c);
}

int keys_finish(const struct rule *r, struct complaint *c)
{
	static const uint32_t selectors = 1U << KEY_GROUP | 1U << KEY_DEVICE | 1U << KEY_PATH |
					  1U << KEY_ID;

	if (r->kind & SELECTORS && !(r->given & selectors))
		return complain(c, r->text, "expected group=, device=, path= or id=");
	if (r->kind == RULE_KVMFR && rule_has(r, KEY_SIZE) && rule_has(r, KEY_FOR))
		return complain(c, r->text, "expected either size= or for=");
	if (rule_has(r, KEY_HDR) && !rule_has(r, KEY_FOR))
		return complain(c, r->text, "hdr goes with for=");
	if (rule_has(r, KEY_FOR) &&
	    kvmfr_size_for(r->width, r->height, rule_has(r, KEY_HDR)) > KVMFR_SIZE_MAX)
		return complain(c, r->text, "needs more than 1G, which is the most kvmfr can");
	if (r->kind == RULE_HUGEPAGES && !(rule_has(r, KEY_SIZE) && rule_has(r, KEY_COUNT)))
		return complain(c, r->text, "expected size= and count=");
	return 0;
}
