/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "result.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "group.h"
#include "text.h"

static const struct outcome *outcome_of(const struct result *r, size_t dev)
{
	return r->outcomes ? &r->outcomes->dev[dev] : NULL;
}

static bool is_good(const struct outcome *o)
{
	return o && (o->state == OUTCOME_CLAIMED || o->state == OUTCOME_ALREADY);
}

static void explain_failure(const struct result *r, size_t dev, const struct outcome *o,
			    char reason[REASON_TEXT])
{
	const char *target = r->plan->dev[dev].target;

	if (o->state == OUTCOME_LOST)
		(void)snprintf(reason, REASON_TEXT, "%s took it before %s could", o->driver,
			       target);
	else if (o->stuck)
		(void)snprintf(reason, REASON_TEXT,
			       "%s did not let go within %d s; the device stays unusable until the "
			       "next boot",
			       o->driver[0] ? o->driver : "its driver", RELEASE_MS / 1000);
	else if (o->error == -ECANCELED)
		(void)snprintf(reason, REASON_TEXT,
			       "given up because another device of the rule failed");
	else if (o->step == STEP_LOAD && r->outcomes->load_error[0])
		(void)snprintf(reason, REASON_TEXT, "%s", r->outcomes->load_error);
	else if (o->step == STEP_PROBE && !o->error)
		(void)snprintf(reason, REASON_TEXT, "%s did not take it; see dmesg for the reason",
			       target);
	else
		(void)snprintf(reason, REASON_TEXT, "%s: %s", step_name(o->step),
			       strerror(-o->error));
}

const char *result_device(const struct result *r, size_t dev, char reason[REASON_TEXT])
{
	const struct outcome *o = outcome_of(r, dev);
	enum action action = r->plan->dev[dev].action;

	if (action != ACTION_CLAIM || !o) {
		(void)plan_reason(r->plan, dev, reason);
		return action == ACTION_REFUSE ? "refused" : "left";
	}
	if (!is_good(o))
		explain_failure(r, dev, o, reason);
	else if (o->attr_error)
		(void)snprintf(reason, REASON_TEXT, "an attr. value was not accepted: %s",
			       strerror(-o->attr_error));
	else
		(void)plan_reason(r->plan, dev, reason);
	return outcome_name(o->state);
}

#define LISTED 4

struct tally {
	bool failed, claimed, attr_failed;
	size_t first_failed;
	size_t devs;
	size_t listed[LISTED]; /* the first of them */
};

/* "0000:01:00.0, 0000:01:00.1 and 2 more" */
static void list_devices(const struct tally *t, const struct plan *plan, char list[REASON_TEXT])
{
	char addr[ADDR_TEXT], *at = list, *end = list + REASON_TEXT;
	size_t i;

	*at = '\0';
	for (i = 0; i < t->devs && i < LISTED; i++) {
		addr_format(&plan->inv->dev[t->listed[i]].addr, addr);
		at = text_put(text_put(at, end, i ? ", " : ""), end, addr);
	}
	if (t->devs > LISTED)
		text_append(list, REASON_TEXT, " and %zu more", t->devs - LISTED);
}

/* All devices of the groups that the rule takes. */
static struct tally tally_rule(const struct result *r, size_t rule)
{
	struct tally t = { .failed = false };
	struct group g;
	size_t at, i;

	for (at = 0; group_next(r->plan, &at, &g);) {
		for (i = 0; group_taken_by(&g, rule) && i < g.members; i++) {
			size_t dev = g.member[i].dev;
			const struct outcome *o = outcome_of(r, dev);

			if (r->plan->dev[dev].action != ACTION_CLAIM)
				continue;
			if (!is_good(o) && (!t.failed || o->error != -ECANCELED))
				t.first_failed = dev;
			if (t.devs < LISTED)
				t.listed[t.devs] = dev;
			t.devs++;
			t.failed |= !is_good(o);
			t.claimed |= o && o->state == OUTCOME_CLAIMED;
			t.attr_failed |= o && o->attr_error;
		}
	}
	return t;
}

static const char *result_hugepages(const struct result *r, size_t rule, char reason[REASON_TEXT])
{
	const struct hugepages *h = &r->hugepages[rule];
	const struct rule *pr = &r->policy->rule[rule];

	if (h->error == -ENOENT)
		(void)snprintf(reason, REASON_TEXT, "the kernel has no huge pages of this size%s",
			       rule_has(pr, KEY_NODE) ? " on this node" : "");
	else if (h->error < 0)
		(void)snprintf(reason, REASON_TEXT, "cannot reserve huge pages: %s",
			       strerror(-h->error));
	else
		(void)snprintf(reason, REASON_TEXT, "%u of %u pages", (unsigned int)h->got,
			       (unsigned int)pr->count);
	if (!hugepages_enough(h, pr))
		return "failed";
	return h->already ? "already" : "reserved";
}

const char *result_rule(const struct result *r, size_t rule, char reason[REASON_TEXT])
{
	const struct plan_rule *pr = &r->plan->rule[rule];
	char addr[ADDR_TEXT], why[REASON_TEXT];
	struct tally t;

	if (r->hugepages && r->hugepages[rule].tried)
		return result_hugepages(r, rule, reason);
	if (r->kvmfr && r->policy->rule[rule].kind == RULE_KVMFR)
		return kvmfr_rule(r->kvmfr, r->policy, rule, reason);
	text_join(reason, REASON_TEXT, pr->reason);
	if (pr->state != RULE_ACTIVE || !r->outcomes)
		return rule_state_name(pr->state);
	t = tally_rule(r, rule);
	if (t.failed) {
		addr_format(&r->plan->inv->dev[t.first_failed].addr, addr);
		(void)result_device(r, t.first_failed, why);
		(void)snprintf(reason, REASON_TEXT, "%s: %.200s", addr, why);
		return "failed";
	}
	list_devices(&t, r->plan, reason);
	if (t.attr_failed)
		text_append(reason, REASON_TEXT, ", but an attr. value was not accepted");
	return t.claimed ? "claimed" : "already";
}

bool result_rule_unmet(const struct result *r, size_t rule)
{
	const struct plan_rule *pr = &r->plan->rule[rule];

	if (r->hugepages && r->hugepages[rule].tried)
		return !hugepages_enough(&r->hugepages[rule], &r->policy->rule[rule]);
	if (r->kvmfr && r->policy->rule[rule].kind == RULE_KVMFR)
		return kvmfr_unmet(r->kvmfr, rule);
	if (r->policy->rule[rule].kind != RULE_CLAIM)
		return false;
	if (pr->state != RULE_ACTIVE)
		return pr->status != EXIT_DONE;
	return !r->outcomes || tally_rule(r, rule).failed;
}

size_t result_count(const struct result *r, enum outcome_state state)
{
	size_t i, n = 0;

	for (i = 0; r->outcomes && i < r->outcomes->devs; i++)
		n += r->outcomes->dev[i].state == state;
	return n;
}

size_t result_count_refused(const struct result *r)
{
	size_t i, n = 0;

	for (i = 0; r->plan && i < r->plan->inv->devs; i++)
		n += r->plan->dev[i].action == ACTION_REFUSE;
	return n;
}

static bool any_kvmfr(const struct result *r, enum kvmfr_state state)
{
	size_t i;

	for (i = 0; r->kvmfr && i < r->kvmfr->devs; i++)
		if (r->kvmfr->dev[i].state == state)
			return true;
	return false;
}

bool result_unchanged(const struct result *r)
{
	return r->status == EXIT_DONE &&
	       (result_count(r, OUTCOME_ALREADY) || any_kvmfr(r, KVMFR_ALREADY)) &&
	       !result_count(r, OUTCOME_CLAIMED) && !any_kvmfr(r, KVMFR_LOADED);
}

static enum exit_status outcome_status(const struct outcome *o)
{
	if (o->state == OUTCOME_NONE || (is_good(o) && !o->attr_error))
		return EXIT_DONE;
	return !is_good(o) && o->step == STEP_LOAD ? EXIT_ENVIRONMENT : EXIT_UNCLAIMED;
}

/* A rule with on-failure=stop that was not carried out, for whatever reason. */
static bool wants_stop(const struct result *r)
{
	size_t i;

	if (r->policy->void_stop)
		return true;
	for (i = 0; i < r->policy->rules; i++)
		if (r->policy->rule[i].stop && (!r->plan || result_rule_unmet(r, i)))
			return true;
	return false;
}

enum exit_status result_status(const struct result *r)
{
	enum exit_status s = r->problems->worst;
	size_t i;

	if (r->plan)
		s = status_worse(s, r->plan->status);
	if (r->kvmfr)
		s = status_worse(s, kvmfr_status(r->kvmfr));
	for (i = 0; r->outcomes && i < r->outcomes->devs; i++)
		s = status_worse(s, outcome_status(&r->outcomes->dev[i]));
	for (i = 0; r->hugepages && r->plan && i < r->policy->rules; i++)
		if (r->hugepages[i].tried && result_rule_unmet(r, i))
			s = status_worse(s, EXIT_UNCLAIMED);
	return wants_stop(r) ? EXIT_STOP : s;
}
