/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early list: the IOMMU groups of this machine, who is in them, and what the policy does. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "operator/claim_line.h"
#include "operator/listing.h"
#include "operator/operand.h"
#include "operator/trial.h"

bool listing_shows(const struct listing *l, size_t dev)
{
	const struct pci_dev *all = l->d.inv.dev;

	if (l->only < 0 || (int)dev == l->only)
		return !l->nothing;
	return all[dev].group >= 0 && all[dev].group == all[l->only].group;
}

int listing_next(const struct listing *l, size_t *at)
{
	const struct plan *plan = &l->d.plan;
	size_t total = plan->policy ? plan->grouped + plan->inv->devs : 0;

	while (*at < total) {
		size_t i = (*at)++;
		size_t dev = i < plan->grouped ? plan->by_group[i].dev : i - plan->grouped;

		if (i >= plan->grouped && plan->inv->dev[dev].group >= 0)
			continue;
		if (listing_shows(l, dev))
			return (int)dev;
	}
	return -1;
}

void listing_name(const struct listing *l, size_t dev, char *text, size_t size)
{
	const struct pci_id *id = &l->d.inv.dev[dev].id;
	const char *vendor = pci_vendor_name(&l->names, id);
	const char *device = pci_device_name(&l->names, id);

	(void)snprintf(text, size, "%s%s%s", vendor ? vendor : "", vendor && device ? " " : "",
		       device ? device : "");
}

static int read_resets(struct listing *l, const struct root *r)
{
	auto_close int fd = root_openat(r, PCI_DEVICES, O_RDONLY | O_DIRECTORY);
	char addr[ADDR_TEXT];
	size_t i;

	l->reset = calloc(l->d.inv.devs + 1, sizeof(*l->reset));
	if (!l->reset)
		return -ENOMEM;
	for (i = 0; fd >= 0 && i < l->d.inv.devs; i++) {
		if (!listing_shows(l, i) || class_is_bridge(l->d.inv.dev[i].class))
			continue;
		addr_format(&l->d.inv.dev[i].addr, addr);
		if (root_holds(r, fd, addr))
			reset_methods(fd, &l->d.inv.dev[i].addr, l->reset[i]);
	}
	return 0;
}

/* If it is this guard that speaks: consent to it. */
static bool consents(const char *reason, const char *guard, bool *consent)
{
	if (strncmp(reason, guard, strlen(guard)) != 0)
		return false;
	*consent = true;
	return true;
}

/* A guard speaks only where those before it are content: consent to each, and go on. */
static int ask_guards(struct listing *l, const struct options *o)
{
	bool console = false, collateral = false, rebind = false, more = true;
	char line[128], addr[ADDR_TEXT];
	struct trial t;
	int r = 0;

	addr_format(&l->d.inv.dev[l->only].addr, addr);
	while (more && l->guards < GUARDS_TOLD) {
		(void)snprintf(line, sizeof(line), "claim device=%s%s%s%s%s%s", addr,
			       console || collateral ? " allow=" : "", console ? "console" : "",
			       console && collateral ? "," : "", collateral ? "collateral" : "",
			       rebind ? " rebind=yes" : "");
		r = trial_run(&t, o, &l->d.inv, l->only, line);
		if (r < 0 || !t.reason[0])
			break;
		(void)snprintf(l->guard[l->guards++], REASON_TEXT, "%s", t.reason);
		more = !t.claims && (consents(t.reason, "collateral:", &collateral) ||
				     consents(t.reason, "console:", &console) ||
				     consents(t.reason, "bound:", &rebind));
	}
	return r;
}

/* What is told of one device beside its group. */
static int one_device(struct listing *l, const struct options *o)
{
	struct group g;
	int r;

	if (!l->d.plan.policy || class_is_bridge(l->d.inv.dev[l->only].class))
		return 0;
	r = ask_guards(l, o);
	if (r == 0 && group_of_device(&l->d.plan, l->only, &g) &&
	    claim_line(&g, l->only, NULL, l->claim) < 0)
		problems_add(&l->d.problems, EXIT_UNCLAIMED, NULL,
			     "group %d has too many members for one line of the policy",
			     (int)g.number);
	return r;
}

static enum exit_status listing_make(struct listing *l, const struct options *o)
{
	int r = 0;

	memset(l, 0, sizeof(*l));
	l->only = -1;
	decision_make(&l->d, o);
	if (!l->d.plan.policy && !l->d.problems.count)
		problems_add(&l->d.problems, EXIT_ENVIRONMENT, NULL, "there is no PCI here");
	if (!l->d.plan.policy)
		return l->d.problems.worst;
	if (o->operand[0]) {
		l->only = operand_device(o->operand[0], &l->d.inv, &l->d.problems);
		l->nothing = l->only < 0;
		if (l->nothing)
			return l->d.problems.worst;
		r = one_device(l, o);
	}
	if (r == 0)
		r = read_resets(l, &o->root);
	pci_names_read(&l->names, &l->d.inv, o->files);
	if (r < 0)
		problems_add(&l->d.problems, EXIT_INTERNAL, NULL, "%s", strerror(-r));
	return l->d.problems.worst;
}

enum exit_status cmd_list(const struct options *o)
{
	struct listing *l = malloc(sizeof(*l));
	enum exit_status status;
	struct out out;

	if (!l)
		return EXIT_INTERNAL;
	l->d.result.status = listing_make(l, o);
	out_start(&out, STDOUT_FILENO);
	if (o->json)
		list_json(&out, l);
	else
		list_table(&out, l);
	status = decision_end(&l->d, &out);
	pci_names_free(&l->names);
	free(l->reset);
	decision_free(&l->d);
	free(l);
	return status;
}
