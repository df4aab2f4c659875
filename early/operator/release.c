/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early release: devices go back to the host's drivers, unless a VM has them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "decision.h"
#include "group.h"
#include "operator/by_hand.h"
#include "operator/chosen.h"
#include "operator/give_back.h"
#include "operator/in_use.h"
#include "operator/terminal.h"
#include "text.h"

struct release {
	const struct options *options;
	struct decision d;
	struct problems problems; /* those of the release; the policy's own are not its matter */
	bool *chosen; /* by device */
	struct given *given;
	size_t n;
};

static void say_in_use(struct problems *p, const struct in_use *u, int32_t number)
{
	char text[PROBLEM_TEXT] = "";
	unsigned int i;

	for (i = 0; i < u->processes && i < IN_USE_KEPT; i++)
		text_append(text, sizeof(text), "%s%u (%s)", i ? ", " : "",
			    (unsigned int)u->process[i].pid, u->process[i].name);
	if (!u->processes)
		problems_add(p, EXIT_UNCLAIMED, NULL,
			     "IOMMU group %d is in use by a process that cannot be seen from here",
			     (int)number);
	else
		problems_add(p, EXIT_UNCLAIMED, NULL, "IOMMU group %d is in use by process %s%s",
			     (int)number, text, u->processes > IN_USE_KEPT ? " and others" : "");
}

/* True if no process has one of the groups. */
static bool is_free(struct release *r)
{
	unsigned int before = r->problems.count;
	struct in_use u;
	struct group g;
	size_t at, i;
	int err;

	for (at = 0; group_next(&r->d.plan, &at, &g);) {
		bool any = false;

		for (i = 0; i < g.members; i++)
			any |= r->chosen[g.member[i].dev];
		if (!any)
			continue;
		err = in_use_look(&u, &r->options->root, &g);
		if (u.open)
			say_in_use(&r->problems, &u, g.number);
		else if (err < 0)
			problems_add(&r->problems, EXIT_ENVIRONMENT, "/" PROC,
				     "nobody can say who uses IOMMU group %d: %s", (int)g.number,
				     strerror(-err));
	}
	return r->problems.count == before;
}

static void carry_out(struct release *r)
{
	struct modload modules = { .ctx = NULL };
	size_t i;
	int err;

	for (i = 0, r->n = 0; i < r->d.inv.devs; i++)
		if (r->chosen[i])
			r->given[r->n++].dev = i;
	if (!r->options->root.foreign)
		modload_open(&modules, r->options->files, NULL);
	err = give_back(r->given, r->n, &r->options->root, &r->d.plan,
			r->options->root.foreign ? NULL : &modules);
	modload_close(&modules);
	if (err < 0) {
		r->n = 0;
		problems_add(&r->problems, EXIT_ENVIRONMENT, "/" PCI_DEVICES, "%s", strerror(-err));
	}
}

static void print_device(struct out *o, bool color, const struct release *r, const struct given *g)
{
	char addr[ADDR_TEXT];
	const char *now = g->after[0] ? g->after : "no driver";

	addr_format(&r->d.inv.dev[g->dev].addr, addr);
	terminal_cell(o, color, LOOK_PLAIN, 12, addr);
	out_text(o, "  ");
	if (g->state == GIVE_NOTHING) {
		terminal_text(o, color, LOOK_PLAIN, now);
		out_text(o, " has it already");
	} else if (g->state == GIVE_FAILED) {
		terminal_text(o, color, LOOK_BAD, "not released");
	} else {
		terminal_text(o, color, LOOK_PLAIN, g->before[0] ? g->before : "no driver");
		out_text(o, " -> ");
		terminal_text(o, color, g->after[0] ? LOOK_GOOD : LOOK_WARNING, now);
	}
	if (g->reason[0])
		out_text(o, ": ");
	out_escaped(o, g->reason);
	out_text(o, "\n");
}

/* The rules that will take one of the devices again. */
static void print_rules(struct out *o, const struct release *r)
{
	const struct plan *plan = &r->d.plan;
	char place[ORIGIN_TEXT];
	size_t i, rule;
	bool any;

	for (rule = 0; rule < r->d.policy.rules; rule++) {
		struct group g;
		size_t at;

		any = false;
		for (at = 0; group_next(plan, &at, &g);)
			for (i = 0; group_taken_by(&g, rule) && i < g.members; i++)
				any |= r->chosen[g.member[i].dev];
		if (!any)
			continue;
		out_escaped(o, origin_format(&r->d.policy.rule[rule].origin, place));
		out_text(o, ": the rule stays, the next boot claims this again\n");
	}
}

static enum exit_status print(struct release *r)
{
	bool color = terminal_color(STDOUT_FILENO);
	enum exit_status status = r->problems.worst;
	struct out o;
	size_t i;

	out_start(&o, STDOUT_FILENO);
	for (i = 0; i < r->n; i++) {
		print_device(&o, color, r, &r->given[i]);
		if (r->given[i].state == GIVE_FAILED)
			status = status_worse(status, EXIT_UNCLAIMED);
	}
	if (r->n)
		print_rules(&o, r);
	if (r->n && r->options->only)
		out_text(&o,
			 "no VM can use the rest of the IOMMU group while the host uses a part\n");
	r->d.problems = r->problems;
	r->d.result.status = status;
	return decision_end(&r->d, &o);
}

static void release(struct release *r)
{
	size_t devs;

	if (!r->d.plan.policy) { /* the decision has said why */
		r->problems = r->d.problems;
		r->problems.worst = status_worse(r->problems.worst, EXIT_ENVIRONMENT);
		return;
	}
	devs = r->d.inv.devs;
	r->chosen = calloc(devs + 1, sizeof(*r->chosen));
	r->given = calloc(devs + 1, sizeof(*r->given));
	if (!r->chosen || !r->given) {
		problems_add(&r->problems, EXIT_INTERNAL, NULL, "%s", strerror(ENOMEM));
		return;
	}
	if (chosen_devices(r->chosen, r->options->operand[0], r->options->only, &r->d.plan,
			   &r->problems) > 0 &&
	    is_free(r))
		carry_out(r);
}

enum exit_status cmd_release(const struct options *o)
{
	auto_free struct release *r = calloc(1, sizeof(*r));
	enum exit_status status;
	int lock;

	if (!r)
		return EXIT_INTERNAL;
	r->options = o;
	decision_make(&r->d, o);
	lock = by_hand_begin(o, &r->problems);
	if (lock >= 0) {
		release(r);
		(void)close(lock);
	}
	status = print(r);
	decision_free(&r->d);
	free(r->chosen);
	free(r->given);
	return status;
}
