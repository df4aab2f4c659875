/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each block of the report against the machine as it is now. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "attr.h"
#include "hugepages.h"
#include "kvmfr_node.h"
#include "operator/status.h"
#include "text.h"

const char *live_name(enum live_state state)
{
	static const char *const names[] = { "-", "holds", "lost", "gone", "unmet", "unknown" };

	return names[state];
}

static void set(struct live *l, enum live_state state, const char *format, ...) printf_like(3, 4);
static void set(struct live *l, enum live_state state, const char *format, ...)
{
	va_list ap;

	l->state = state;
	va_start(ap, format);
	(void)vsnprintf(l->note, sizeof(l->note), format, ap);
	va_end(ap);
}

static const char *value(const struct status *s, size_t block, const char *key)
{
	return report_value(&s->report, block, key);
}

/* ---- the policy files ---- */

static const struct policy_file *file_now(const struct status *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->policy.files; i++)
		if (strcmp(s->policy.file[i].name, name) == 0)
			return &s->policy.file[i];
	return NULL;
}

bool status_is_new(const struct status *s, const struct policy_file *f)
{
	size_t i;

	for (i = 0; i < s->report.blocks; i++)
		if (report_is(&s->report, i, "policy") &&
		    strcmp(report_value(&s->report, i, "policy"), f->name) == 0)
			return false;
	return true;
}

static void look_policy(struct status *s, size_t i, struct live *l)
{
	const struct policy_file *now = file_now(s, value(s, i, "policy"));
	char hash[20];

	if (!now) {
		set(l, LIVE_GONE, "the boot had it, it is gone now");
		return;
	}
	if (now->error) {
		set(l, LIVE_UNKNOWN, "cannot be compared: %s", strerror(-now->error));
		return;
	}
	(void)snprintf(hash, sizeof(hash), "%016llx", (unsigned long long)now->hash);
	if (strcmp(hash, value(s, i, "hash")) == 0)
		set(l, LIVE_HOLDS, "%s", "");
	else
		set(l, LIVE_LOST, "changed since the boot");
}

/* ---- devices ---- */

/* Somebody cleared or replaced what keeps the host's drivers away. */
static bool override_stands(const struct status *s, const char *addr, const char *target)
{
	char rel[sizeof(PCI_DEVICES) + ADDR_TEXT + 20], text[DRIVER_NAME];

	(void)snprintf(rel, sizeof(rel), PCI_DEVICES "/%s/driver_override", addr);
	return attr_read(s->root->fd, rel, text, sizeof(text)) < 0 || strcmp(text, target) == 0;
}

static void look_driver(struct status *s, size_t i, struct live *l, const struct pci_dev *d)
{
	const char *target = value(s, i, "target");
	char addr[ADDR_TEXT];

	addr_format(&d->addr, addr);
	if (strcmp(d->driver, target) != 0) {
		const char *state = value(s, i, "state");
		bool was = strcmp(state, "claimed") == 0 || strcmp(state, "already") == 0;

		if (!was)
			set(l, LIVE_UNMET, "%s: %.200s", state, value(s, i, "reason"));
		else if (d->driver[0])
			set(l, LIVE_LOST, "%s has it now", d->driver);
		else
			set(l, LIVE_LOST, "no driver has it now");
		return;
	}
	if (override_stands(s, addr, target))
		set(l, LIVE_HOLDS, "%s", "");
	else
		set(l, LIVE_HOLDS,
		    "but its driver_override is gone: after the next unbind the "
		    "host takes it");
}

static void look_device(struct status *s, size_t i, struct live *l)
{
	struct pci_addr a;
	struct pci_id id;
	const char *why;
	int dev;

	if (strcmp(value(s, i, "action"), "refuse") == 0)
		set(l, LIVE_UNMET, "%s: %.200s", value(s, i, "state"), value(s, i, "reason"));
	if (addr_parse(value(s, i, "device"), &a, &why) < 0 ||
	    id_parse(value(s, i, "id"), &id, &why) < 0) {
		set(l, LIVE_UNKNOWN, "%s", why);
		return;
	}
	dev = inventory_find(&s->inv, &a);
	if (dev >= 0)
		(void)snprintf(l->driver, sizeof(l->driver), "%s", s->inv.dev[dev].driver);
	if (strcmp(value(s, i, "action"), "claim") != 0)
		return;
	if (dev < 0)
		set(l, LIVE_GONE, "there is no such device now");
	else if (!id_matches(&id, &s->inv.dev[dev].id))
		set(l, LIVE_GONE, "another device is there now: %04x:%04x",
		    s->inv.dev[dev].id.vendor, s->inv.dev[dev].id.device);
	else
		look_driver(s, i, l, &s->inv.dev[dev]);
}

/* ---- kvmfr ---- */

static void look_kvmfr(struct status *s, size_t i, struct live *l)
{
	const char *node_name = value(s, i, "kvmfr");
	unsigned int n = (unsigned char)node_name[strlen(node_name) - !!node_name[0]] - '0';
	const char *size = value(s, i, "size");
	struct kvmfr_node node;
	char now[24];
	int r = n < KVMFR_DEVICES ? kvmfr_node_inspect(s->root, n, &node) : -EINVAL;

	if (r < 0) {
		set(l, LIVE_UNKNOWN, "%s", strerror(-r));
		return;
	}
	(void)snprintf(now, sizeof(now), "%llu", (unsigned long long)node.size);
	if (node.kind == KVMFR_FILE)
		set(l, LIVE_LOST, KVMFR_FILE_CURE);
	else if (node.kind == KVMFR_OTHER)
		set(l, LIVE_LOST, "is no device of kvmfr");
	else if (node.kind == KVMFR_DEVICE && (!node.size || strcmp(now, size) == 0))
		set(l, LIVE_HOLDS, "%s", node.size ? "" : "its size cannot be read by this user");
	else if (node.kind == KVMFR_DEVICE)
		set(l, LIVE_LOST, "has %s bytes now", now);
	else if (value(s, i, "state")[0] == 'l' || value(s, i, "state")[0] == 'a')
		set(l, LIVE_GONE, "is not there now");
	else
		set(l, LIVE_UNMET, "%s: %.200s", value(s, i, "state"), value(s, i, "reason"));
}

/* What QEMU makes where no device is; whatever the policy says. */
static void look_strays(struct status *s)
{
	char path[KVMFR_NODE_TEXT];
	struct kvmfr_node node;
	unsigned int n;
	size_t i;

	for (n = 0; n < KVMFR_DEVICES; n++) {
		if (kvmfr_node_inspect(s->root, n, &node) < 0 || node.kind != KVMFR_FILE)
			continue;
		(void)kvmfr_node_path(n, path);
		for (i = 0; i < s->report.blocks; i++)
			if (report_is(&s->report, i, "kvmfr") &&
			    strcmp(value(s, i, "kvmfr"), path) == 0)
				break;
		if (i == s->report.blocks)
			problems_add(&s->problems, EXIT_DONE, path, KVMFR_FILE_CURE);
	}
}

/* ---- rules ---- */

/* True if the device is in one of "1,15". */
static bool in_groups(const char *groups, const char *group)
{
	size_t len = strlen(group);

	for (; len && *groups; groups += strcspn(groups, ",")) {
		groups += *groups == ',';
		if (strncmp(groups, group, len) == 0 && (!groups[len] || groups[len] == ','))
			return true;
	}
	return false;
}

bool status_takes(const struct status *s, size_t rule, size_t block)
{
	return report_is(&s->report, block, "device") &&
	       (in_groups(value(s, rule, "groups"), value(s, block, "group")) ||
		(strcmp(value(s, block, "action"), "refuse") == 0 &&
		 strcmp(value(s, block, "rule"), value(s, rule, "rule")) == 0));
}

static void look_pages(struct status *s, size_t i, const struct rule *rule, struct live *l)
{
	struct hugepages h;

	hugepages_look(&h, s->root, rule);
	if (hugepages_enough(&h, rule))
		set(l, LIVE_HOLDS, "%u of %u pages", (unsigned int)h.got,
		    (unsigned int)rule->count);
	else if (strcmp(value(s, i, "met"), "no") == 0)
		set(l, LIVE_UNMET, "%s: %.200s", value(s, i, "state"), value(s, i, "reason"));
	else
		set(l, LIVE_LOST, "%u of %u pages", h.error ? 0 : (unsigned int)h.got,
		    (unsigned int)rule->count);
}

/* The nth statement for kvmfr asks for the nth device. */
static void look_memory(struct status *s, unsigned int nth, struct live *l)
{
	size_t i;

	for (i = 0; i < s->report.blocks; i++)
		if (report_is(&s->report, i, "kvmfr") && nth-- == 0)
			set(l, s->live[i].state, "%s", s->live[i].note);
}

static void look_claim(struct status *s, size_t rule, struct live *l)
{
	size_t i, held = 0;

	for (i = 0; i < s->report.blocks; i++) {
		const struct live *d = &s->live[i];

		if (!status_takes(s, rule, i) || d->state == LIVE_NOT_ASKED)
			continue;
		if (d->state == LIVE_HOLDS) {
			held++;
			continue;
		}
		set(l, d->state, "%.20s: %.200s", value(s, i, "device"), d->note);
		return;
	}
	if (held)
		set(l, LIVE_HOLDS, "%s", "");
	else if (strcmp(value(s, rule, "met"), "no") == 0)
		set(l, LIVE_UNMET, "%s: %.200s", value(s, rule, "state"), value(s, rule, "reason"));
	else
		set(l, LIVE_NOT_ASKED, "%s", value(s, rule, "state"));
}

static void look_rule(struct status *s, size_t i, unsigned int *memories)
{
	struct origin origin = { .source = "report" };
	struct problems ignored = { .kept = 0 };
	struct policy p = { .rules = 0 };
	const char *text = value(s, i, "text");
	struct live *l = &s->live[i];

	if (policy_add_line(&p, &origin, text, strlen(text), &ignored) < 0)
		set(l, LIVE_UNKNOWN, "%s", strerror(ENOMEM));
	else if (p.rules && p.rule[0].kind == RULE_HUGEPAGES)
		look_pages(s, i, &p.rule[0], l);
	else if (p.rules && p.rule[0].kind == RULE_KVMFR)
		look_memory(s, (*memories)++, l);
	else if (p.rules && p.rule[0].kind == RULE_PROTECT)
		set(l, LIVE_NOT_ASKED, "%s", value(s, i, "state"));
	else
		look_claim(s, i, l);
	policy_free(&p);
}

void status_look(struct status *s)
{
	unsigned int memories = 0;
	size_t i;

	for (i = 0; i < s->report.blocks; i++) {
		if (report_is(&s->report, i, "policy"))
			look_policy(s, i, &s->live[i]);
		else if (report_is(&s->report, i, "device"))
			look_device(s, i, &s->live[i]);
		else if (report_is(&s->report, i, "kvmfr"))
			look_kvmfr(s, i, &s->live[i]);
	}
	for (i = 0; i < s->report.blocks; i++)
		if (report_is(&s->report, i, "rule"))
			look_rule(s, i, &memories);
	look_strays(s);
}
