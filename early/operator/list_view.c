/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list for people (an aligned table) and for programs (JSON). Decides nothing. */
#include <stdio.h>
#include <string.h>

#include "operator/listing.h"
#include "operator/terminal.h"
#include "plan_view.h"

#define NAME_TEXT (2 * PCI_NAME_MAX + 2)
#define CLASS_TEXT 40

/* The columns that are as wide as what stands in them. */
struct columns {
	bool color, policy;
	unsigned int class, driver, reset;
};

static const char *class_text(uint32_t class, char text[CLASS_TEXT])
{
	(void)snprintf(text, CLASS_TEXT, "%04x %s", (unsigned int)(class >> 8), class_name(class));
	return text;
}

static const char *or_dash(const char *text)
{
	return text[0] ? text : "-";
}

static void widen(unsigned int *width, const char *text)
{
	unsigned int w = terminal_width(text);

	if (w > *width)
		*width = w;
}

static void measure(struct columns *c, const struct listing *l)
{
	char text[CLASS_TEXT];
	size_t at = 0;
	int dev;

	*c = (struct columns){ .color = terminal_color(STDOUT_FILENO) };
	widen(&c->class, "CLASS");
	widen(&c->driver, "DRIVER");
	widen(&c->reset, "RESET");
	while ((dev = listing_next(l, &at)) >= 0) {
		const struct pci_dev *d = &l->d.inv.dev[dev];

		widen(&c->class, class_text(d->class, text));
		widen(&c->driver, d->driver);
		widen(&c->reset, l->reset[dev]);
	}
}

static void cell(struct out *o, const struct columns *c, enum look look, unsigned int width,
		 const char *text)
{
	terminal_cell(o, c->color, look, width, text);
	out_text(o, "  ");
}

static void header(struct out *o, const struct columns *c)
{
	cell(o, c, LOOK_STRONG, 5, "GROUP");
	cell(o, c, LOOK_STRONG, 12, "ADDRESS");
	cell(o, c, LOOK_STRONG, 9, "ID");
	cell(o, c, LOOK_STRONG, c->class, "CLASS");
	cell(o, c, LOOK_STRONG, c->driver, "DRIVER");
	cell(o, c, LOOK_STRONG, c->reset, "RESET");
	cell(o, c, LOOK_STRONG, 6, "POLICY");
	terminal_text(o, c->color, LOOK_STRONG, "NAME");
	out_text(o, "\n");
}

static void policy_cell(struct out *o, const struct columns *c, const struct plan_dev *pd)
{
	static const enum look looks[] = {
		[ACTION_LEAVE] = LOOK_PLAIN,
		[ACTION_CLAIM] = LOOK_GOOD,
		[ACTION_REFUSE] = LOOK_BAD,
	};

	if (pd->rule == NO_RULE)
		cell(o, c, LOOK_PLAIN, 6, "-");
	else
		cell(o, c, looks[pd->action], 6, action_name(pd->action));
}

static void row(struct out *o, const struct columns *c, const struct listing *l, int dev)
{
	const struct pci_dev *d = &l->d.inv.dev[dev];
	char addr[ADDR_TEXT], id[ID_TEXT], group[16] = "-", class[CLASS_TEXT], name[NAME_TEXT];

	addr_format(&d->addr, addr);
	id_format(&(struct pci_id){ .vendor = d->id.vendor, .device = d->id.device }, id);
	if (d->group >= 0)
		(void)snprintf(group, sizeof(group), "%5d", (int)d->group);
	cell(o, c, LOOK_PLAIN, 5, d->group >= 0 ? group : "    -");
	cell(o, c, dev == l->only ? LOOK_STRONG : LOOK_PLAIN, 12, addr);
	cell(o, c, LOOK_PLAIN, 9, id);
	cell(o, c, LOOK_PLAIN, c->class, class_text(d->class, class));
	cell(o, c, strcmp(d->driver, "vfio-pci") == 0 ? LOOK_GOOD : LOOK_PLAIN, c->driver,
	     or_dash(d->driver));
	cell(o, c, LOOK_PLAIN, c->reset, or_dash(l->reset[dev]));
	policy_cell(o, c, &l->d.plan.dev[dev]);
	listing_name(l, (size_t)dev, name, sizeof(name));
	out_escaped(o, or_dash(name));
	if (d->boot_display) {
		out_text(o, " ");
		terminal_text(o, c->color, LOOK_WARNING, "(boot display)");
	}
	out_text(o, "\n");
}

/* The rule that takes the device, or would have, and what came of it. */
static void one_rule(struct out *o, const struct listing *l)
{
	int rule = l->d.plan.dev[l->only].rule;
	char place[ORIGIN_TEXT], reason[REASON_TEXT];

	if (rule == NO_RULE)
		return;
	out_text(o, "\nThe policy: ");
	out_escaped(o, origin_format(&l->d.policy.rule[rule].origin, place));
	out_printf(o, ": %s: ", action_name(l->d.plan.dev[l->only].action));
	out_escaped(o, plan_reason(&l->d.plan, (size_t)l->only, reason));
	out_text(o, "\n");
}

static void one_device(struct out *o, const struct columns *c, const struct listing *l)
{
	unsigned int i;

	if (class_is_bridge(l->d.inv.dev[l->only].class)) {
		out_text(o, "\nA PCI-to-PCI bridge is never claimed: name what is behind it.\n");
		return;
	}
	one_rule(o, l);
	if (l->guards)
		out_text(o, "\nTo a claim of it alone the guards would say:\n");
	for (i = 0; i < l->guards; i++) {
		out_text(o, "  ");
		terminal_text(o, c->color, LOOK_WARNING, l->guard[i]);
		out_text(o, "\n");
	}
	if (l->claim[0])
		out_printf(o, "\nThe line for the policy:\n  ");
	out_escaped(o, l->claim);
	if (l->claim[0])
		out_text(o, "\n");
}

void list_table(struct out *o, const struct listing *l)
{
	struct columns c;
	size_t at = 0;
	int dev;

	if (!l->d.plan.policy || l->nothing || !l->reset)
		return;
	measure(&c, l);
	header(o, &c);
	while ((dev = listing_next(l, &at)) >= 0)
		row(o, &c, l, dev);
	if (l->only >= 0)
		one_device(o, &c, l);
}

static void json_resets(struct out *o, const char *text)
{
	const char *between = "";

	out_text(o, ",\"reset\":[");
	while (*text) {
		char method[RESET_TEXT];
		size_t len = strcspn(text, ",");

		(void)snprintf(method, sizeof(method), "%.*s", (int)len, text);
		out_text(o, between);
		out_json(o, method);
		between = ",";
		text += len + (text[len] == ',');
	}
	out_text(o, "]");
}

static void json_device(struct out *o, const struct listing *l, int dev)
{
	const struct pci_dev *d = &l->d.inv.dev[dev];

	out_text(o, "{");
	plan_view_device(o, &l->d.result, (size_t)dev);
	out_text(o, ",\"class_name\":");
	out_json(o, class_name(d->class));
	out_text(o, ",\"vendor_name\":");
	out_json(o, pci_vendor_name(&l->names, &d->id));
	out_text(o, ",\"device_name\":");
	out_json(o, pci_device_name(&l->names, &d->id));
	json_resets(o, l->reset[dev]);
	out_text(o, "}");
}

static void json_groups(struct out *o, const struct listing *l)
{
	int32_t last = -2;
	size_t at = 0;
	int dev;

	while (l->reset && (dev = listing_next(l, &at)) >= 0) {
		int32_t group = l->d.inv.dev[dev].group;

		if (group == last) {
			out_text(o, ",\n");
		} else {
			out_text(o, last == -2 ? "\n{\"group\":" : "]},\n{\"group\":");
			if (group >= 0)
				out_printf(o, "%d", (int)group);
			else
				out_text(o, "null");
			out_text(o, ",\"devices\":[\n");
		}
		json_device(o, l, dev);
		last = group;
	}
	if (last != -2)
		out_text(o, "]}");
}

void list_json(struct out *o, const struct listing *l)
{
	unsigned int i;

	out_text(o, "{\"groups\":[");
	json_groups(o, l);
	out_text(o, "]");
	if (l->only >= 0) {
		out_text(o, ",\n\"guards\":[");
		for (i = 0; i < l->guards; i++) {
			out_text(o, i ? ",\n" : "\n");
			out_json(o, l->guard[i]);
		}
		out_text(o, "],\n\"claim\":");
		out_json(o, l->claim[0] ? l->claim : NULL);
	}
	out_text(o, ",\n\"problems\":[");
	plan_view_problems(o, &l->d.problems);
	out_printf(o, "],\n\"status\":%d}\n", l->d.result.status);
}
