/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operator/trial.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sources.h"

struct attempt {
	struct policy policy;
	struct plan plan;
	struct problems problems;
};

/* The plan of the policy, with the line at its end unless it is NULL. */
static int attempt_make(struct attempt *a, const struct options *o, const struct inventory *inv,
			const char *line)
{
	const struct source_options sources = { o->files, o->cmdline, o->policy };
	const struct origin origin = { "the new rule", 0 };
	int r;

	memset(a, 0, sizeof(*a));
	r = sources_load(&a->policy, &o->root, &sources, &a->problems);
	memset(&a->problems, 0, sizeof(a->problems));
	if (r == 0 && line)
		r = policy_add_line(&a->policy, &origin, line, strlen(line), &a->problems);
	return r < 0 ? r : plan_make(&a->plan, &a->policy, inv);
}

static void attempt_free(struct attempt *a)
{
	plan_free(&a->plan);
	policy_free(&a->policy);
}

/* The first rule that the new one makes refused, or NO_RULE. */
static int spoiled_rule(const struct attempt *before, const struct attempt *after)
{
	size_t i;

	for (i = 0; i < before->policy.rules; i++)
		if (before->plan.rule[i].state == RULE_ACTIVE &&
		    after->plan.rule[i].state != RULE_ACTIVE)
			return (int)i;
	return NO_RULE;
}

static void judge(struct trial *t, const struct attempt *before, const struct attempt *after,
		  int dev)
{
	size_t rule = before->policy.rules; /* the new one is the last */
	int spoiled = spoiled_rule(before, after);
	char place[ORIGIN_TEXT];

	t->claims = after->policy.rules == rule + 1 &&
		    after->plan.rule[rule].state == RULE_ACTIVE &&
		    after->plan.dev[dev].action == ACTION_CLAIM;
	t->spoils = spoiled != NO_RULE;
	if (after->problems.kept)
		(void)snprintf(t->reason, REASON_TEXT, "%.200s", after->problems.text[0]);
	else if (!t->claims && after->policy.rules == rule + 1)
		(void)snprintf(t->reason, REASON_TEXT, "%s", after->plan.rule[rule].reason);
	else if (t->spoils)
		(void)snprintf(t->reason, REASON_TEXT, "%.60s would then be refused: %.150s",
			       origin_format(&after->policy.rule[spoiled].origin, place),
			       after->plan.rule[spoiled].reason);
}

int trial_run(struct trial *t, const struct options *o, const struct inventory *inv, int dev,
	      const char *line)
{
	struct attempt *before = malloc(sizeof(*before)), *after = malloc(sizeof(*after));
	int r = -ENOMEM;

	memset(t, 0, sizeof(*t));
	if (before && after) {
		r = attempt_make(before, o, inv, NULL);
		if (r == 0)
			r = attempt_make(after, o, inv, line);
		else
			memset(after, 0, sizeof(*after));
		if (r == 0)
			judge(t, before, after, dev);
		attempt_free(before);
		attempt_free(after);
	}
	free(before);
	free(after);
	return r;
}
