/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early claim: policy, inventory, plan, claim, report. What the hooks run at boot. */
#include <errno.h>
#include <string.h>

#include "background.h"
#include "claim.h"
#include "cmd_claim.h"
#include "concerns.h"
#include "report.h"
#include "sources.h"
#include "stop_mark.h"
#include "variant.h"

/* All that one run owns. */
struct run {
	const struct options *options;
	const struct claim_hooks *hooks; /* NULL: this is the boot */
	const struct root *root;
	struct policy policy;
	struct inventory inv;
	struct plan plan;
	struct outcomes outcomes;
	struct modload modules;
	struct hugepages *hugepages; /* by rule */
	struct kvmfr kvmfr;
	struct result result;
	bool left; /* to another process, which also reports */
	struct problems problems; /* large */
};

static void internal(struct run *run, const char *what, int error)
{
	problems_add(&run->problems, EXIT_INTERNAL, NULL, "%s: %s", what, strerror(-error));
}

/* protect alone asks for nothing. */
static bool has_work(const struct policy *p)
{
	size_t i;

	for (i = 0; i < p->rules; i++)
		if (p->rule[i].kind != RULE_PROTECT)
			return true;
	return false;
}

/* Also one that could not be read. */
static bool asks_for_stop(const struct policy *p)
{
	size_t i;

	for (i = 0; i < p->rules; i++)
		if (p->rule[i].stop)
			return true;
	return p->void_stop;
}

static bool plan_claims(const struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->inv->devs; i++)
		if (plan->dev[i].action == ACTION_CLAIM)
			return true;
	return false;
}

/* Other drivers can come to it between now and its end: it has to let go first. */
static bool has_other_driver(const struct plan *plan, size_t i)
{
	const char *driver = plan->inv->dev[i].driver;

	return plan->dev[i].action == ACTION_CLAIM && driver[0] &&
	       strcmp(driver, plan->dev[i].target) != 0;
}

/* Only where all goes well so far, and nothing but devices is asked for: memory wants to be early,
 * and what stops the boot has to hold it. */
static bool boot_may_go_on(const struct run *run)
{
	const struct policy *p = &run->policy;
	size_t i;

	for (i = 0; i < p->rules; i++)
		if (p->rule[i].kind != RULE_CLAIM && p->rule[i].kind != RULE_PROTECT)
			return false;
	for (i = 0; i < run->plan.inv->devs; i++)
		if (has_other_driver(&run->plan, i))
			return false;
	return !asks_for_stop(p) && run->plan.status == EXIT_DONE && run->problems.count == 0 &&
	       !run->root->foreign && !run->hooks;
}

static void carry_out(struct run *run)
{
	struct modload *modules = NULL;
	int r;

	if (!run->root->foreign) {
		modload_open(&run->modules, run->options->files, NULL);
		modules = &run->modules;
	}
	if (modules && variant_needed(&run->plan))
		variant_resolve(&run->plan, modules);
	r = outcomes_alloc(&run->outcomes, &run->plan);
	if (r < 0) {
		internal(run, "cannot begin the claim", r);
		return;
	}
	run->result.outcomes = &run->outcomes;
	if (background_here())
		run->outcomes.held = background_held;
	r = claim_plan(&run->outcomes, run->root, &run->plan, modules);
	if (r < 0 || run->outcomes.load_error[0])
		modload_open(&run->modules, run->options->files, NULL); /* half done: a new one */
	if (run->outcomes.timed_out)
		run->result.state = "stuck";
	else if (r < 0)
		internal(run, "the claim was not carried out", r);
}

static void reserve_memory(struct run *run)
{
	size_t i;

	run->hugepages = calloc(run->policy.rules, sizeof(*run->hugepages));
	if (!run->hugepages) {
		internal(run, "cannot reserve huge pages", -ENOMEM);
		return;
	}
	run->result.hugepages = run->hugepages;
	for (i = 0; i < run->policy.rules; i++)
		if (run->policy.rule[i].kind == RULE_HUGEPAGES)
			hugepages_reserve(&run->hugepages[i], run->root, &run->policy.rule[i]);
}

/* Last: it is told how much memory there is left. */
static void share_memory(struct run *run)
{
	struct modload *modules = run->root->foreign ? NULL : &run->modules;

	if (!kvmfr_asked(&run->policy))
		return;
	if (modules && !modules->root)
		modload_open(modules, run->options->files, NULL);
	kvmfr_decide(&run->kvmfr, &run->policy, modules, run->options->files, &run->problems);
	kvmfr_load(&run->kvmfr, run->root, modules);
	run->result.kvmfr = &run->kvmfr;
}

/* What the policy concerns; all of the machine where that cannot be told apart, or a user asks. */
static int read_machine(struct run *run)
{
	if (!run->hooks && inventory_concerned(&run->inv, run->root, &run->policy) == 0)
		return 0;
	inventory_free(&run->inv);
	return inventory_read(&run->inv, run->root);
}

static void decide(struct run *run)
{
	int r = read_machine(run);

	run->result.state = "failed";
	if (r < 0) {
		problems_add(&run->problems, EXIT_ENVIRONMENT, "/" PCI_DEVICES, "%s",
			     r == -ENOENT ? "not there: is sysfs mounted?" : strerror(-r));
		return;
	}
	if (run->inv.unreadable)
		problems_add(&run->problems, EXIT_ENVIRONMENT, "/" PCI_DEVICES,
			     "%zu devices have no readable vendor, device or class",
			     run->inv.unreadable);
	r = plan_make(&run->plan, &run->policy, &run->inv);
	if (r < 0) {
		internal(run, "cannot make a plan", r);
		return;
	}
	if (run->hooks && run->hooks->plan(run->options, &run->plan, &run->problems) < 0)
		return;
	run->result.plan = &run->plan;
	run->result.state = "done";
	run->left = run->options->background && plan_claims(&run->plan) && boot_may_go_on(run) &&
		    background_leave(run->options, &run->result.status);
	if (run->left)
		return;
	if (plan_claims(&run->plan))
		carry_out(run);
	if (run->options->operand[0])
		return; /* memory is for all */
	reserve_memory(run);
	share_memory(run);
}

/* True where it is the first of this boot: nothing of an earlier run stands beside it. */
static bool report(struct run *run)
{
	bool first = false;
	struct log log;
	int r;

	/* A part of the policy leaves the report of the whole alone. */
	r = run->options->operand[0]
		    ? 0
		    : report_write(run->root, run->options->report_dir, &run->result, &first);
	if (r < 0)
		run->result.status = status_worse(run->result.status, EXIT_ENVIRONMENT);
	log_open(&log, run->root);
	report_log(&log, &run->result, run->options->report_dir, r);
	log_close(&log);
	return first;
}

/* The policy, what it asks for, and what became of it. */
static void claim_policy(struct run *run)
{
	const struct options *o = run->options;
	const struct source_options sources = { o->files, o->cmdline, o->policy };
	int r = sources_load(&run->policy, run->root, &sources, &run->problems);
	bool first;

	if (r == 0 && run->hooks)
		r = run->hooks->policy(o, &run->policy, &run->problems);
	if (r == 0 && !run->hooks && !run->policy.disabled && asks_for_stop(&run->policy))
		stop_mark_set(run->root, o->report_dir);
	if (r == -ENOMEM)
		internal(run, "cannot read the policy", r);
	else if (r == 0 && run->policy.disabled)
		run->result.state = "disabled";
	else if (r == 0 && !has_work(&run->policy))
		run->result.state = "nothing";
	else if (r == 0)
		decide(run);
	if (run->left)
		return;
	run->result.status = result_status(&run->result);
	first = report(run);
	if (!run->hooks && !first && run->result.status != EXIT_STOP)
		stop_mark_clear(run->root, o->report_dir);
}

enum exit_status claim_with(const struct options *o, const struct claim_hooks *hooks)
{
	static struct run run; /* once in a process; large, and most of it is never touched */
	enum exit_status status;

	run.options = o;
	run.hooks = hooks;
	run.root = &o->root;
	run.result.problems = &run.problems;
	run.result.policy = &run.policy;
	run.result.state = "failed";
	run.result.by_hand = hooks;
	claim_policy(&run);
	status = hooks ? hooks->end(&run.result) : run.result.status;
	/* The process ends now, and all that is its own goes with it. */
	return status;
}

enum exit_status cmd_claim(const struct options *o)
{
	enum exit_status status;

	if (o->wait)
		return background_wait(o);
	status = claim_with(o, NULL);
	if (o->background)
		background_end(status);
	return status;
}
