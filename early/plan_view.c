/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan_view.h"

#include <stdio.h>
#include <string.h>

/* The table names the guard; the sentence stands once, at the rule. */
static void table_reason(struct out *o, const struct result *r, size_t i)
{
	char reason[REASON_TEXT];
	const char *colon;

	(void)plan_reason(r->plan, i, reason);
	colon = strchr(reason, ':');
	if (r->plan->dev[i].action == ACTION_REFUSE)
		out_printf(o, "%.*s: see below", colon ? (int)(colon - reason) : 40, reason);
	else
		out_escaped(o, reason);
	out_text(o, "\n");
}

static void table_device(struct out *o, const struct result *r, size_t i)
{
	const struct pci_dev *d = &r->plan->inv->dev[i];
	const struct plan_dev *pd = &r->plan->dev[i];
	char addr[ADDR_TEXT], id[ID_TEXT], group[16] = "-";

	addr_format(&d->addr, addr);
	id_format(&(struct pci_id){ .vendor = d->id.vendor, .device = d->id.device }, id);
	if (d->group >= 0)
		(void)snprintf(group, sizeof(group), "%d", (int)d->group);
	out_printf(o, "%5s  %-12s  %s  %04x %-19s  %-14s  %-6s  ", group, addr, id,
		   (unsigned int)(d->class >> 8), class_name(d->class),
		   d->driver[0] ? d->driver : "-", action_name(pd->action));
	table_reason(o, r, i);
}

static void table_rules(struct out *o, const struct result *r)
{
	char place[ORIGIN_TEXT], reason[REASON_TEXT];
	size_t i;

	for (i = 0; i < r->policy->rules; i++) {
		const struct rule *rule = &r->policy->rule[i];

		out_escaped(o, origin_format(&rule->origin, place));
		out_text(o, ": ");
		out_escaped(o, rule->text);
		out_printf(o, "\n    %s", result_rule(r, i, reason));
		if (reason[0])
			out_text(o, ": ");
		out_escaped(o, reason);
		out_text(o, "\n");
	}
}

void plan_view_table(struct out *o, const struct result *r)
{
	size_t i, shown = 0;

	if (r->policy->disabled)
		out_text(o, "switched off by vfio_early= on the kernel command line\n");
	else if (!r->policy->rules)
		out_text(o, "no rule: nothing would be claimed\n");
	if (!r->plan || !r->policy->rules)
		return;
	for (i = 0; i < r->plan->inv->devs; i++) {
		if (r->plan->dev[i].rule == NO_RULE)
			continue;
		if (!shown++)
			out_text(o, "GROUP  ADDRESS       ID         CLASS                     "
				    "DRIVER          ACTION  REASON\n");
		table_device(o, r, i);
	}
	if (shown)
		out_text(o, "\n");
	table_rules(o, r);
}

void plan_view_device(struct out *o, const struct result *r, size_t i)
{
	const struct pci_dev *d = &r->plan->inv->dev[i];
	const struct plan_dev *pd = &r->plan->dev[i];
	char addr[ADDR_TEXT], id[ID_TEXT], place[ORIGIN_TEXT], reason[REASON_TEXT];

	addr_format(&d->addr, addr);
	id_format(&(struct pci_id){ .vendor = d->id.vendor, .device = d->id.device }, id);
	out_printf(o, "\"address\":\"%s\",\"id\":\"%s\",\"subsystem\":\"%04x:%04x\",", addr, id,
		   d->id.subvendor, d->id.subdevice);
	out_printf(o, "\"class\":\"%04x\",\"group\":", (unsigned int)(d->class >> 8));
	if (d->group >= 0)
		out_printf(o, "%d", (int)d->group);
	else
		out_text(o, "null");
	out_text(o, ",\"driver\":");
	out_json(o, d->driver[0] ? d->driver : NULL);
	out_printf(o, ",\"boot_vga\":%s", d->boot_display ? "true" : "false");
	out_printf(o, ",\"action\":\"%s\",\"target\":", action_name(pd->action));
	out_json(o, pd->target[0] ? pd->target : NULL);
	out_text(o, ",\"rule\":");
	out_json(o, pd->rule == NO_RULE ? NULL
					: origin_format(&r->policy->rule[pd->rule].origin, place));
	out_text(o, ",\"reason\":");
	out_json(o, plan_reason(r->plan, i, reason));
}

static void json_rule(struct out *o, const struct result *r, size_t i)
{
	const struct rule *rule = &r->policy->rule[i];
	char place[ORIGIN_TEXT], reason[REASON_TEXT] = "";

	out_text(o, "{\"rule\":");
	out_json(o, origin_format(&rule->origin, place));
	out_text(o, ",\"text\":");
	out_json(o, rule->text);
	out_text(o, ",\"name\":");
	out_json(o, rule->name);
	out_printf(o, ",\"state\":\"%s\",\"reason\":", result_rule(r, i, reason));
	out_json(o, reason);
	out_text(o, "}");
}

static void json_kvmfr(struct out *o, const struct kvmfr *k, size_t n)
{
	const struct kvmfr_dev *d = &k->dev[n];
	char path[KVMFR_NODE_TEXT];

	out_printf(o, "{\"node\":\"%s\",\"size\":%llu,", kvmfr_node_path((unsigned int)n, path),
		   (unsigned long long)d->size);
	if (d->give)
		out_printf(o, "\"mode\":\"%04o\",\"uid\":%u,\"gid\":%u,", (unsigned int)d->mode,
			   (unsigned int)d->uid, (unsigned int)d->gid);
	out_printf(o, "\"state\":\"%s\",\"reason\":", kvmfr_state_name(d->state));
	out_json(o, d->reason);
	out_text(o, "}");
}

void plan_view_problems(struct out *o, const struct problems *p)
{
	unsigned int i;

	for (i = 0; i < p->kept; i++) {
		out_text(o, i ? ",\n" : "\n");
		out_json(o, p->text[i]);
	}
}

void plan_view_json(struct out *o, const struct result *r)
{
	size_t i;

	out_text(o, "{\"devices\":[");
	for (i = 0; r->plan && i < r->plan->inv->devs; i++) {
		out_text(o, i ? ",\n{" : "\n{");
		plan_view_device(o, r, i);
		out_text(o, "}");
	}
	out_text(o, "],\n\"rules\":[");
	for (i = 0; r->plan && i < r->policy->rules; i++) {
		out_text(o, i ? ",\n" : "\n");
		json_rule(o, r, i);
	}
	out_text(o, "],\n\"kvmfr\":[");
	for (i = 0; r->kvmfr && i < r->kvmfr->devs; i++) {
		out_text(o, i ? ",\n" : "\n");
		json_kvmfr(o, r->kvmfr, i);
	}
	out_text(o, "],\n\"problems\":[");
	plan_view_problems(o, r->problems);
	out_printf(o, "],\n\"disabled\":%s,\"status\":%d}\n",
		   r->policy->disabled ? "true" : "false", r->status);
}
