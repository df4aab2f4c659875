/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early pin: the claim statement for one card, with its identity filled in. */
#include <errno.h>
#include <string.h>

#include "decision.h"
#include "operator/claim_line.h"
#include "operator/dropin.h"
#include "operator/operand.h"
#include "operator/pin_say.h"
#include "operator/trial.h"
#include "sources.h"
#include "text.h"

struct pin {
	struct options options; /* without this boot's command line: the policy that stays */
	struct decision d;
	struct group group;
	int dev;
	char line[POLICY_LINE_MAX + 1];
};

/* The device, its group and the statement; what stands against that is a problem. */
static void pin_find(struct pin *p)
{
	const struct inventory *inv = &p->d.inv;
	struct problems *problems = &p->d.problems;
	const char *name = p->options.name;
	char addr[ADDR_TEXT], quoted[QUOTED];

	p->dev = operand_device(p->options.operand[0], inv, problems);
	if (p->dev < 0)
		return;
	addr_format(&inv->dev[p->dev].addr, addr);
	if (name && !text_is_name(name, POLICY_NAME_MAX))
		problems_add(problems, EXIT_USAGE, NULL,
			     "--name %s: expected 1 to 63 letters, digits, '_', '-' or '.'",
			     text_quote(name, quoted));
	else if (class_is_bridge(inv->dev[p->dev].class))
		problems_add(problems, EXIT_UNCLAIMED, NULL,
			     "%s is a PCI-to-PCI bridge: bridges are never claimed, name what is "
			     "behind it",
			     addr);
	else if (!group_of_device(&p->d.plan, p->dev, &p->group))
		problems_add(problems, inv->iommu.any_group ? EXIT_UNCLAIMED : EXIT_ENVIRONMENT,
			     NULL, "%s has no IOMMU group: %s", addr, iommu_hint(&inv->iommu));
	else if (claim_line(&p->group, p->dev, name, p->line) < 0)
		problems_add(problems, EXIT_UNCLAIMED, NULL,
			     "group %d has too many members for one line of the policy",
			     (int)p->group.number);
}

/* The first claim of the policy that is about this group already, or NO_RULE. */
static int known_rule(const struct pin *p)
{
	size_t i;

	for (i = 0; i < p->d.policy.rules; i++)
		if (p->d.policy.rule[i].kind == RULE_CLAIM && group_named_by(&p->group, i))
			return (int)i;
	return NO_RULE;
}

/* True, and said, if the policy has a rule for the group. */
static bool say_known(struct pin *p)
{
	const struct plan_rule *pr;
	char place[ORIGIN_TEXT];
	int rule = known_rule(p);

	if (rule == NO_RULE)
		return false;
	pr = &p->d.plan.rule[rule];
	(void)origin_format(&p->d.policy.rule[rule].origin, place);
	if (pr->state == RULE_ACTIVE)
		problems_add(&p->d.problems, EXIT_DONE, NULL,
			     "note: group %d is claimed already, by %s", (int)p->group.number,
			     place);
	else
		problems_add(&p->d.problems, EXIT_UNCLAIMED, place,
			     "is about group %d already, but: %.150s", (int)p->group.number,
			     pr->reason);
	return true;
}

/* At the next boot no driver holds the devices yet. Whether the plan would then carry out the line.
 */
static bool would_claim(struct pin *p)
{
	struct trial t;
	size_t i;
	int r;

	for (i = 0; i < p->d.inv.devs; i++)
		p->d.inv.dev[i].driver[0] = '\0';
	r = trial_run(&t, &p->options, &p->d.inv, p->dev, p->line);
	if (r < 0)
		problems_add(&p->d.problems, EXIT_INTERNAL, NULL, "%s", strerror(-r));
	else if (t.reason[0])
		problems_add(&p->d.problems, EXIT_UNCLAIMED, NULL, "%.200s", t.reason);
	return r == 0 && !t.reason[0];
}

/* What counts is what a reader of the policy finds, not that the writes returned. */
static bool found_in_policy(const struct pin *p)
{
	const struct source_options sources = { p->options.files, "", NULL };
	struct problems problems = { .count = 0 };
	struct policy policy = { .rules = 0 };
	bool found = false;
	size_t i;

	if (sources_load(&policy, &p->options.root, &sources, &problems) == 0)
		for (i = 0; i < policy.rules; i++)
			found |= strcmp(policy.rule[i].text, p->line) == 0;
	policy_free(&policy);
	return found;
}

static void pin_write(struct pin *p, int lock)
{
	int r = dropin_append(lock, p->line);

	if (r < 0)
		problems_add(&p->d.problems, EXIT_INTERNAL, "/" DROPIN_FILE, "%s", strerror(-r));
	else if (!found_in_policy(p))
		problems_add(&p->d.problems, EXIT_INTERNAL, "/" DROPIN_FILE,
			     "written, but the policy does not show it");
	else
		problems_add(&p->d.problems, EXIT_DONE, NULL,
			     "written to /" DROPIN_FILE
			     "; the images have it after: vfio-early-setup install");
}

static void pin_run(struct pin *p, int lock)
{
	bool known;

	decision_make(&p->d, &p->options);
	if (!p->d.plan.policy && !p->d.problems.count)
		problems_add(&p->d.problems, EXIT_ENVIRONMENT, NULL, "there is no PCI here");
	if (!p->d.plan.policy)
		return;
	pin_find(p);
	if (!p->line[0])
		return;
	pin_say(&p->d.problems, &p->group, p->dev);
	known = say_known(p);
	if (!known && would_claim(p) && p->options.write)
		pin_write(p, lock);
}

static enum exit_status cannot_write(int error)
{
	struct out err;

	out_start(&err, STDERR_FILENO);
	out_printf(&err, "vfio-early: /%s: %s\n", POLICY_DIR,
		   error == -EWOULDBLOCK ? "another run is writing to it" : strerror(-error));
	(void)!out_flush(&err);
	return EXIT_INTERNAL;
}

enum exit_status cmd_pin(const struct options *o)
{
	auto_free struct pin *p = NULL;
	auto_close int lock = o->write ? dropin_lock(o->files) : -1;
	enum exit_status status;
	struct out out;

	if (o->write && lock < 0)
		return cannot_write(lock);
	p = calloc(1, sizeof(*p));
	if (!p)
		return EXIT_INTERNAL;
	p->options = *o;
	p->options.cmdline = "";
	pin_run(p, lock);
	out_start(&out, STDOUT_FILENO);
	out_text(&out, p->line);
	if (p->line[0])
		out_text(&out, "\n");
	p->d.result.status = p->d.problems.worst;
	status = decision_end(&p->d, &out);
	decision_free(&p->d);
	return status;
}
