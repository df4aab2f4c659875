/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early plan: the decision of the next boot, carried out by nobody. */
#include <errno.h>
#include <string.h>

#include "commands.h"
#include "modload.h"
#include "plan_view.h"
#include "sources.h"
#include "variant.h"

static void make_plan(const struct options *o, struct plan *plan, const struct policy *policy,
		      struct inventory *inv, struct problems *problems)
{
	struct modload modules = { .ctx = NULL };
	int r = inventory_read(inv, &o->root);

	if (r == -ENOENT && !policy->rules)
		return; /* nothing is asked of a machine without PCI */
	if (r < 0) {
		problems_add(problems, EXIT_ENVIRONMENT, "/" PCI_DEVICES, "%s",
			     r == -ENOENT ? "not there: is sysfs mounted?" : strerror(-r));
		return;
	}
	if (inv->unreadable)
		problems_add(problems, EXIT_ENVIRONMENT, "/" PCI_DEVICES,
			     "%zu devices have no readable vendor, device or class",
			     inv->unreadable);
	r = plan_make(plan, policy, inv);
	if (r < 0) {
		problems_add(problems, EXIT_INTERNAL, NULL, "cannot make a plan: %s", strerror(-r));
		return;
	}
	if (variant_needed(plan) && modload_open(&modules, &o->root, o->kernel) == 0)
		variant_resolve(plan, &modules);
	modload_close(&modules);
}

static void print_problems(const struct problems *p)
{
	struct out err;
	unsigned int i;

	out_start(&err, STDERR_FILENO);
	for (i = 0; i < p->kept; i++) {
		out_text(&err, "vfio-early: ");
		out_escaped(&err, p->text[i]);
		out_text(&err, "\n");
	}
	if (p->count > p->kept)
		out_printf(&err, "vfio-early: and %u more problems\n", p->count - p->kept);
	(void)!out_flush(&err);
}

enum exit_status cmd_plan(const struct options *o)
{
	const struct source_options sources = { o->files, o->cmdline, o->policy };
	struct problems problems = { .count = 0 };
	struct policy policy = { .rules = 0 };
	struct inventory inv = { .devs = 0 };
	struct plan plan = { .status = EXIT_DONE };
	struct result result = { .problems = &problems, .policy = &policy, .state = "plan" };
	struct out out;
	int r = sources_load(&policy, &o->root, &sources, &problems);

	if (r == -ENOMEM)
		problems_add(&problems, EXIT_INTERNAL, NULL, "%s", strerror(-r));
	if (r == 0)
		make_plan(o, &plan, &policy, &inv, &problems);
	if (plan.policy)
		result.plan = &plan;
	result.status = status_worse(problems.worst, plan.status);
	out_start(&out, STDOUT_FILENO);
	if (o->json)
		plan_view_json(&out, &result);
	else
		plan_view_table(&out, &result);
	if (out_flush(&out) < 0) {
		problems_add(&problems, EXIT_INTERNAL, "standard output", "%s",
			     strerror(-out.error));
		result.status = EXIT_INTERNAL;
	}
	print_problems(&problems);
	plan_free(&plan);
	inventory_free(&inv);
	policy_free(&policy);
	return result.status;
}
