/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early claim: policy, inventory, plan, claim, report. What the hooks run at boot. */
#include <errno.h>
#include <string.h>

#include "claim.h"
#include "commands.h"
#include "report.h"
#include "sources.h"
#include "variant.h"

/* All that one run owns. */
struct run {
	const struct options *options;
	const struct root *root;
	struct problems problems;
	struct policy policy;
	struct inventory inv;
	struct plan plan;
	struct outcomes outcomes;
	struct modload modules;
	struct hugepages *hugepages; /* by rule */
	struct result result;
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

static bool plan_claims(const struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->inv->devs; i++)
		if (plan->dev[i].action == ACTION_CLAIM)
			return true;
	return false;
}

static void carry_out(struct run *run)
{
	struct modload *modules = NULL;
	int r;

	if (!run->root->foreign) {
		r = modload_open(&run->modules, run->options->files, NULL);
		if (r < 0)
			problems_add(&run->problems, EXIT_ENVIRONMENT, NULL,
				     "the kernel's modules cannot be read: %s", strerror(-r));
		else
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
	r = claim_plan(&run->outcomes, run->root, &run->plan, modules);
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

static void decide(struct run *run)
{
	int r = inventory_read(&run->inv, run->root);

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
	run->result.plan = &run->plan;
	run->result.state = "done";
	if (plan_claims(&run->plan))
		carry_out(run);
	reserve_memory(run);
}

static void report(struct run *run)
{
	struct log log;
	int r;

	run->result.status = result_status(&run->result);
	r = report_write(run->root, run->options->report_dir, &run->result);
	if (r < 0)
		run->result.status = status_worse(run->result.status, EXIT_ENVIRONMENT);
	log_open(&log, run->root);
	report_log(&log, &run->result, run->options->report_dir, r);
	log_close(&log);
}

enum exit_status cmd_claim(const struct options *o)
{
	const struct source_options sources = { o->files, o->cmdline, o->policy };
	struct run run = { .options = o, .root = &o->root };
	enum exit_status status;
	int r;

	run.result.problems = &run.problems;
	run.result.policy = &run.policy;
	run.result.state = "failed";
	r = sources_load(&run.policy, run.root, &sources, &run.problems);
	if (r == -ENOMEM)
		internal(&run, "cannot read the policy", r);
	else if (r == 0 && run.policy.disabled)
		run.result.state = "disabled";
	else if (r == 0 && !has_work(&run.policy))
		run.result.state = "nothing";
	else if (r == 0)
		decide(&run);
	report(&run);
	status = run.result.status;
	free(run.hugepages);
	modload_close(&run.modules);
	outcomes_free(&run.outcomes);
	plan_free(&run.plan);
	inventory_free(&run.inv);
	policy_free(&run.policy);
	return status;
}
