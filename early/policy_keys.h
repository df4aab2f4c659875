/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of the policy grammar: which statement takes which, and how each value is read.
 * The one table that a new key goes into. Knows no files and no lines.
 */
#pragma once

#include "policy.h"

#define COMPLAINT_TEXT 192

struct complaint {
	char text[COMPLAINT_TEXT]; /* the quoted word and what was expected */
};

/* The statement's kind, or 0. */
enum rule_kind keys_statement(const char *word);

/* Reads one "key=value" or "key" word into the rule. 0, -EINVAL with a complaint, or -ENOMEM. */
int keys_apply(struct rule *r, char *word, struct complaint *c) must_check;

/* What the statement still lacks. 0, or -EINVAL with a complaint. */
int keys_finish(const struct rule *r, struct complaint *c) must_check;

/* The sysfs attribute that attr[i] of a rule is written to. */
const char *keys_attr_name(unsigned int i);
