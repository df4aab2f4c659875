/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-early claim --now: the claim of the boot on a running host. Needs root and a lock, is
 * narrowed to what the operand means, and says on standard output what became of it. The guards see
 * the whole policy all the same.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd_claim.h"
#include "decision.h"
#include "group.h"
#include "operator/by_hand.h"
#include "operator/chosen.h"
#include "operator/operand.h"
#include "operator/terminal.h"
#include "text.h"

/* Checks the operand and takes the lock. 0, or -errno with a problem. */
static int begin(const struct options *o, struct problems *problems)
{
	const char *operand = o->operand[0];
	char quoted[QUOTED];
	struct pci_addr a;
	int lock;

	if (o->background || o->wait) {
		problems_add(problems, EXIT_USAGE, NULL, "--background and --wait: not with --now");
		return -EINVAL;
	}
	if (operand && !o->now) {
		problems_add(problems, EXIT_USAGE, NULL, "%s: goes with --now only",
			     text_quote(operand, quoted));
		return -EINVAL;
	}
	if (operand && operand_check(operand, &a, problems) < 0)
		return -EINVAL;
	lock = by_hand_begin(o, problems); /* kept open until the process ends */
	return lock < 0 ? lock : 0;
}

/* A device that is named counts as if the policy had a rule for it. */
static int add_rule(const struct options *o, struct policy *p, struct problems *problems)
{
	const char *operand = o->operand[0];
	struct origin origin = { .source = policy_keep(p, "claim --now") };
	char line[64];
	int n;

	if (!operand || !operand_is_address(operand) || p->disabled)
		return 0;
	n = snprintf(line, sizeof(line), "claim device=%.40s", operand);
	if (!origin.source)
		return -ENOMEM;
	return policy_add_line(p, &origin, line, (size_t)n, problems);
}

/* True if the rule names a device that is chosen. */
static bool is_meant(const struct plan *plan, size_t rule, const bool *chosen)
{
	size_t i;

	for (i = 0; i < plan->inv->devs; i++)
		if (chosen[i] && plan_selects(plan, rule, i))
			return true;
	return false;
}

static void narrow(struct plan *plan, const bool *chosen)
{
	size_t i;

	plan->status = EXIT_DONE;
	for (i = 0; i < plan->policy->rules; i++) {
		struct plan_rule *pr = &plan->rule[i];

		if (is_meant(plan, i, chosen)) {
			if (pr->state != RULE_ACTIVE)
				plan->status = status_worse(plan->status, pr->status);
			continue;
		}
		pr->state = RULE_IDLE;
		pr->status = EXIT_DONE;
		(void)snprintf(pr->reason, sizeof(pr->reason), "not asked for now");
	}
	for (i = 0; i < plan->inv->devs; i++) {
		if (chosen[i])
			continue;
		plan->dev[i].action = ACTION_LEAVE;
		plan->dev[i].rule = NO_RULE;
	}
}

/* Takes everything out of the plan that the operand does not mean. */
static int narrow_plan(const struct options *o, struct plan *plan, struct problems *problems)
{
	auto_free bool *chosen = NULL;
	int n;

	if (!o->operand[0])
		return 0;
	chosen = calloc(plan->inv->devs + 1, sizeof(*chosen));
	if (!chosen) {
		problems_add(problems, EXIT_INTERNAL, NULL, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	n = chosen_devices(chosen, o->operand[0], false, plan, problems);
	if (n > 0)
		narrow(plan, chosen);
	return n < 0 ? n : 0;
}

static void print_device(struct out *o, bool color, const struct result *r, size_t i)
{
	const struct outcome *outcome = r->outcomes ? &r->outcomes->dev[i] : NULL;
	const struct pci_dev *d = &r->plan->inv->dev[i];
	char addr[ADDR_TEXT], reason[REASON_TEXT];
	const char *state = result_device(r, i, reason);
	bool good = outcome &&
		    (outcome->state == OUTCOME_CLAIMED || outcome->state == OUTCOME_ALREADY);

	addr_format(&d->addr, addr);
	terminal_cell(o, color, LOOK_PLAIN, 12, addr);
	out_text(o, "  ");
	if (good && outcome->state == OUTCOME_CLAIMED) {
		out_escaped(o, d->driver[0] ? d->driver : "no driver");
		out_text(o, " -> ");
		terminal_text(o, color, LOOK_GOOD, outcome->driver);
	} else if (good) {
		terminal_text(o, color, LOOK_GOOD, outcome->driver);
		out_text(o, " has it already");
	} else {
		terminal_text(o, color, LOOK_BAD, state);
		out_text(o, ": ");
		out_escaped(o, reason);
	}
	out_text(o, "\n");
}

static void print_rules(struct out *o, bool color, const struct result *r)
{
	char place[ORIGIN_TEXT], reason[REASON_TEXT];
	size_t i;

	for (i = 0; i < r->policy->rules; i++) {
		const char *state = result_rule(r, i, reason);

		if (r->plan->rule[i].state == RULE_IDLE && r->plan->rule[i].reason[0])
			continue; /* not part of this run */
		out_escaped(o, origin_format(&r->policy->rule[i].origin, place));
		out_text(o, ": ");
		terminal_text(o, color, result_rule_unmet(r, i) ? LOOK_BAD : LOOK_PLAIN, state);
		out_text(o, reason[0] ? ": " : "");
		out_escaped(o, reason);
		out_text(o, "\n");
	}
}

static enum exit_status end(const struct result *r)
{
	bool color = terminal_color(STDOUT_FILENO);
	struct out o;
	size_t i;
	int failed;

	out_start(&o, STDOUT_FILENO);
	if (strcmp(r->state, "disabled") == 0)
		out_text(&o, "switched off by vfio_early= on the kernel command line\n");
	else if (strcmp(r->state, "nothing") == 0)
		out_text(&o, "no rule asks for anything\n");
	for (i = 0; r->plan && i < r->plan->inv->devs; i++)
		if (r->plan->dev[i].rule != NO_RULE && r->plan->dev[i].action != ACTION_LEAVE)
			print_device(&o, color, r, i);
	if (r->plan)
		print_rules(&o, color, r);
	failed = out_flush(&o);
	decision_print_problems(r->problems);
	return failed < 0 ? EXIT_INTERNAL : r->status;
}

enum exit_status cmd_claim_now(const struct options *o)
{
	static const struct claim_hooks hooks = { add_rule, narrow_plan, end };
	struct problems problems = { .kept = 0 };

	if (!o->now && !o->operand[0])
		return cmd_claim(o);
	if (begin(o, &problems) == 0)
		return claim_with(o, &hooks);
	decision_print_problems(&problems);
	return problems.worst;
}
