/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decision.h"

#include <errno.h>
#include <string.h>

#include "modload.h"
#include "sources.h"
#include "variant.h"

static void make_plan(struct decision *d, const struct options *o)
{
	struct modload modules;
	int r = inventory_read(&d->inv, &o->root);

	if (r == -ENOENT && !d->policy.rules)
		return; /* nothing is asked of a machine without PCI */
	if (r < 0) {
		problems_add(&d->problems, EXIT_ENVIRONMENT, "/" PCI_DEVICES, "%s",
			     r == -ENOENT ? "not there: is sysfs mounted?" : strerror(-r));
		return;
	}
	if (d->inv.unreadable)
		problems_add(&d->problems, EXIT_ENVIRONMENT, "/" PCI_DEVICES,
			     "%zu devices have no readable vendor, device or class",
			     d->inv.unreadable);
	r = plan_make(&d->plan, &d->policy, &d->inv);
	if (r < 0) {
		problems_add(&d->problems, EXIT_INTERNAL, NULL, "cannot make a plan: %s",
			     strerror(-r));
		return;
	}
	if (!variant_needed(&d->plan) && !kvmfr_asked(&d->policy))
		return;
	if (modload_check(&o->root, o->kernel) == -ENOTSUP) {
		problems_add(&d->problems, EXIT_ENVIRONMENT, NULL,
			     "the module index of the kernel is not of regular files");
		return;
	}
	modload_open(&modules, &o->root, o->kernel);
	if (variant_needed(&d->plan))
		variant_resolve(&d->plan, &modules);
	if (kvmfr_asked(&d->policy)) {
		kvmfr_decide(&d->kvmfr, &d->policy, o->root.foreign ? NULL : &modules, o->files,
			     &d->problems);
		d->result.kvmfr = &d->kvmfr;
	}
	modload_close(&modules);
}

void decision_make(struct decision *d, const struct options *o)
{
	const struct source_options sources = { o->files, o->cmdline, o->policy };
	int r;

	memset(d, 0, sizeof(*d));
	d->result =
		(struct result){ .problems = &d->problems, .policy = &d->policy, .state = "plan" };
	r = sources_load(&d->policy, &o->root, &sources, &d->problems);
	if (r == -ENOMEM)
		problems_add(&d->problems, EXIT_INTERNAL, NULL, "%s", strerror(-r));
	if (r == 0)
		make_plan(d, o);
	if (d->plan.policy)
		d->result.plan = &d->plan;
	d->result.status = status_worse(d->problems.worst, d->plan.status);
	if (d->result.kvmfr)
		d->result.status = status_worse(d->result.status, kvmfr_status(&d->kvmfr));
}

void decision_free(struct decision *d)
{
	plan_free(&d->plan);
	inventory_free(&d->inv);
	policy_free(&d->policy);
}

void decision_print_problems(const struct problems *p)
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

enum exit_status decision_end(struct decision *d, struct out *out)
{
	if (out_flush(out) < 0) {
		problems_add(&d->problems, EXIT_INTERNAL, "standard output", "%s",
			     strerror(-out->error));
		d->result.status = EXIT_INTERNAL;
	}
	decision_print_problems(&d->problems);
	return d->result.status;
}
