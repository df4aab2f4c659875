/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early show: the part of a virtual machine's configuration that follows from the policy. */
#include "operator/show.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "group.h"
#include "operator/chosen.h"
#include "operator/operand.h"
#include "text.h"

struct show_form {
	const char *name;
	void (*show)(const struct show *s);
};

static const struct show_form forms[] = {
	{ "qemu", show_qemu },
	{ "libvirt", show_libvirt },
	{ "vfio", show_vfio },
};

bool show_next(const struct show *s, size_t *i, const struct pci_dev **dev)
{
	const struct plan *plan = &s->d->plan;

	for (; *i < plan->inv->devs; (*i)++) {
		if (!s->chosen[*i] || plan->dev[*i].action != ACTION_CLAIM)
			continue;
		*dev = &plan->inv->dev[(*i)++];
		return true;
	}
	return false;
}

unsigned int show_functions(const struct show *s, const struct pci_dev *dev)
{
	const struct pci_dev *other;
	unsigned int n = 0;
	size_t i;

	for (i = 0; show_next(s, &i, &other);)
		n += addr_same_slot(&dev->addr, &other->addr);
	return n;
}

void show_memory_note(const struct show *s, const char *before, const char *after)
{
	char path[KVMFR_NODE_TEXT];
	unsigned int i;

	for (i = 0; i < s->memories; i++)
		if (!s->memory[i].there)
			out_printf(s->out, "%s%s is not there yet: the size is the policy's%s\n",
				   before, kvmfr_node_path(s->memory[i].n, path), after);
}

void show_origin(const struct show *s, size_t i, char buf[REASON_TEXT])
{
	const struct plan *plan = &s->d->plan;
	const struct rule *rule = &plan->policy->rule[plan->dev[i].rule];
	char place[ORIGIN_TEXT];

	(void)snprintf(buf, REASON_TEXT, "IOMMU group %d, %s%s%s", (int)plan->inv->dev[i].group,
		       origin_format(&rule->origin, place), rule->name ? " " : "",
		       rule->name ? rule->name : "");
}

static const struct show_form *find_form(const char *word, struct problems *problems)
{
	char quoted[QUOTED];
	size_t i;

	for (i = 0; i < ARRAY_LEN(forms); i++)
		if (strcmp(word, forms[i].name) == 0)
			return &forms[i];
	problems_add(problems, EXIT_USAGE, NULL, "%s: expected qemu, libvirt or vfio",
		     text_quote(word, quoted));
	return NULL;
}

static bool names_claim(const char *operand, const struct policy *policy)
{
	size_t i;

	for (i = 0; i < policy->rules; i++)
		if (operand_names(operand, &policy->rule[i], RULE_CLAIM))
			return true;
	return false;
}

/* A rule without a name is everybody's. */
static bool wants_memory(const char *operand, const struct rule *rule)
{
	return !operand || !rule->name || strcmp(rule->name, operand) == 0;
}

static void find_memory(struct show *s, const char *operand, struct problems *problems)
{
	const struct kvmfr *k = s->d->result.kvmfr;
	char path[KVMFR_NODE_TEXT];
	struct kvmfr_node node;
	unsigned int n;

	for (n = 0; k && n < k->devs; n++) {
		struct show_memory m = { .n = n, .size = k->dev[n].size };
		int r = kvmfr_node_inspect(s->root, n, &node);

		if (!wants_memory(operand, &s->d->policy.rule[k->dev[n].rule]))
			continue;
		m.there = r == 0 && node.kind == KVMFR_DEVICE && node.size;
		if (m.there)
			m.size = node.size;
		if (r == 0 && node.kind == KVMFR_FILE)
			problems_add(problems, EXIT_UNCLAIMED, kvmfr_node_path(n, path),
				     KVMFR_FILE_CURE);
		if (m.size)
			s->memory[s->memories++] = m;
		else
			problems_add(problems, EXIT_UNCLAIMED, kvmfr_node_path(n, path),
				     "neither there nor has it a size in the policy");
	}
}

/* The rules with that name that the plan does not carry out, or those of the device. */
static void say_refused(const struct show *s, const char *operand, struct problems *problems)
{
	const struct plan *plan = &s->d->plan;
	char addr[ADDR_TEXT], reason[REASON_TEXT];
	size_t i;

	for (i = 0; i < plan->inv->devs; i++) {
		if (!s->chosen[i] || plan->dev[i].action == ACTION_CLAIM ||
		    class_is_bridge(plan->inv->dev[i].class))
			continue;
		addr_format(&plan->inv->dev[i].addr, addr);
		if (operand || plan->dev[i].action == ACTION_REFUSE)
			problems_add(problems, EXIT_UNCLAIMED, addr, "%s",
				     plan_reason(plan, i, reason));
	}
}

static void choose(struct show *s, bool *chosen, const char *operand, struct problems *problems)
{
	const struct plan *plan = &s->d->plan;
	const struct pci_dev *dev;
	size_t i = 0;

	if (operand && !operand_is_address(operand) &&
	    operand_rules(operand, plan->policy, RULE_CLAIM | RULE_KVMFR, problems) < 0)
		return;
	if (!operand)
		memset(chosen, true, plan->inv->devs);
	else if (operand_is_address(operand) || names_claim(operand, plan->policy))
		(void)!chosen_devices(chosen, operand, false, plan, problems);
	say_refused(s, operand, problems);
	find_memory(s, operand, problems);
	if (!problems->count && !show_next(s, &i, &dev) && !s->memories)
		problems_add(problems, EXIT_UNCLAIMED, NULL,
			     "the policy claims no device: vfio-early pin DEVICE prints a rule");
}

enum exit_status cmd_show(const struct options *o)
{
	auto_free struct decision *d = calloc(1, sizeof(*d));
	auto_free bool *chosen = NULL;
	const struct show_form *form;
	enum exit_status status;
	struct problems problems = { .kept = 0 };
	struct out out;
	struct show s = { .out = &out, .root = &o->root, .d = d, .legacy = o->legacy };

	if (!d)
		return EXIT_INTERNAL;
	out_start(&out, STDOUT_FILENO);
	decision_make(d, o);
	form = find_form(o->operand[0], &problems);
	chosen = calloc(d->inv.devs + 1, sizeof(*chosen));
	s.chosen = chosen;
	if (chosen && form && d->plan.policy) {
		choose(&s, chosen, o->operand[1], &problems);
		form->show(&s);
	}
	if (form && !chosen)
		problems_add(&problems, EXIT_INTERNAL, NULL, "%s", strerror(ENOMEM));
	if (!form || d->plan.policy)
		d->problems = problems; /* those of the policy as a whole are for plan and check */
	d->result.status = d->problems.worst;
	status = decision_end(d, &out);
	decision_free(d);
	return status;
}
