/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the policy wants of kvmfr, and how that is said. Touches nothing. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kvmfr.h"
#include "kvmfr_size.h"
#include "names.h"
#include "text.h"

#define LIST_TEXT 128

bool kvmfr_asked(const struct policy *policy)
{
	size_t i;

	for (i = 0; i < policy->rules; i++)
		if (policy->rule[i].kind == RULE_KVMFR)
			return true;
	return false;
}

void kvmfr_end(struct kvmfr *k, enum kvmfr_state state, enum exit_status status, const char *format,
	       ...)
{
	size_t i;

	for (i = 0; i < k->devs; i++) {
		va_list ap;

		if (k->dev[i].state != KVMFR_WANTED)
			continue;
		k->dev[i].state = state;
		k->dev[i].status = status;
		va_start(ap, format);
		(void)vsnprintf(k->dev[i].reason, REASON_TEXT, format, ap);
		va_end(ap);
	}
}

/* A device whose owner is not known is given to nobody: the module is told to keep it for root, as
 * udev rules would else give it to a group. */
static void find_owner(struct kvmfr_dev *d, const struct rule *rule, const struct root *files,
		       struct problems *problems)
{
	const char *const name[] = { rule->owner, rule->owner_group };
	char place[ORIGIN_TEXT];
	uint32_t id[2] = { 0, 0 };
	int i;

	d->give = rule->owner || rule->owner_group || rule_has(rule, KEY_MODE);
	d->mode = rule_has(rule, KEY_MODE)	     ? rule->mode
		  : rule->owner || rule->owner_group ? 0660
						     : 0;
	for (i = 0; i < 2; i++) {
		int err = name[i] ? names_find(files, (enum name_kind)i, name[i], &id[i]) : 0;

		if (err == 0)
			continue;
		problems_add(problems, EXIT_POLICY, origin_format(&rule->origin, place),
			     "the %s %.32s is not known here, the device is given to nobody: %s",
			     names_kind((enum name_kind)i), name[i],
			     err == -ESRCH ? "make the image anew, or write the number"
					   : strerror(-err));
		id[0] = id[1] = 0;
		d->mode = 0600;
		d->give = false;
		break;
	}
	d->uid = id[0];
	d->gid = id[1];
}

/* The rule without a size stands alone and takes the sizes of the module's options. */
static void take_options(struct kvmfr *k, const char *list)
{
	char copy[LIST_TEXT];
	uint64_t size[KVMFR_DEVICES];
	int i, n;

	(void)snprintf(copy, sizeof(copy), "%s", list);
	n = kvmfr_size_list(copy, size, KVMFR_DEVICES);
	if (!list[0] || n < 0) {
		kvmfr_end(k, KVMFR_REFUSED, EXIT_UNCLAIMED,
			  list[0] ? "static_size_mb=%.100s of the module's options is no list of "
				    "powers of two in MiB"
				  : "no size: neither size= or for= here nor static_size_mb= among "
				    "the module's options%s",
			  list);
		return;
	}
	for (i = 0; i < n; i++) {
		k->dev[i] = k->dev[0];
		k->dev[i].size = size[i];
	}
	k->devs = (size_t)n;
}

static bool same_sizes(const struct kvmfr *k, const char *list)
{
	char copy[LIST_TEXT];
	uint64_t size[KVMFR_DEVICES];
	size_t i;

	(void)snprintf(copy, sizeof(copy), "%s", list);
	if (kvmfr_size_list(copy, size, KVMFR_DEVICES) != (int)k->devs)
		return false;
	for (i = 0; i < k->devs; i++)
		if (size[i] != k->dev[i].size)
			return false;
	return true;
}

static void add_rules(struct kvmfr *k, const struct policy *policy, const struct root *files,
		      struct problems *problems)
{
	size_t i;

	for (i = 0; i < policy->rules; i++) {
		const struct rule *rule = &policy->rule[i];
		struct kvmfr_dev *d = &k->dev[k->devs];

		if (rule->kind != RULE_KVMFR)
			continue;
		if (k->devs == KVMFR_DEVICES) {
			k->too_many = true;
			break;
		}
		d->rule = i;
		d->size = rule_has(rule, KEY_FOR) ? kvmfr_size_for(rule->width, rule->height,
								   rule_has(rule, KEY_HDR))
						  : rule->size;
		find_owner(d, rule, files, problems);
		k->devs++;
	}
}

static bool any_without_size(const struct kvmfr *k)
{
	size_t i;

	for (i = 0; i < k->devs; i++)
		if (!k->dev[i].size)
			return true;
	return false;
}

void kvmfr_plan(struct kvmfr *k, const struct policy *policy, const char *options,
		const struct root *files, struct problems *problems)
{
	char list[LIST_TEXT];
	int err = kvmfr_size_option(options, list, sizeof(list));

	memset(k, 0, sizeof(*k));
	add_rules(k, policy, files, problems);
	if (!k->devs)
		return;
	if (err < 0)
		kvmfr_end(k, KVMFR_REFUSED, EXIT_UNCLAIMED,
			  "static_size_mb= among the module's options: %s", strerror(-err));
	else if (k->too_many)
		kvmfr_end(k, KVMFR_REFUSED, EXIT_UNCLAIMED, "more than %d devices: none is made",
			  KVMFR_DEVICES);
	else if (any_without_size(k) && k->devs > 1)
		kvmfr_end(k, KVMFR_REFUSED, EXIT_UNCLAIMED,
			  "a kvmfr line without size= and for= must be the only one");
	else if (any_without_size(k))
		take_options(k, list);
	else if (list[0] && !same_sizes(k, list))
		kvmfr_end(k, KVMFR_REFUSED, EXIT_UNCLAIMED,
			  "agreement: modprobe.d or the kernel command line says kvmfr "
			  "static_size_mb=%.64s: make both say the same, or remove that",
			  list);
}

bool kvmfr_unmet(const struct kvmfr *k, size_t rule)
{
	bool found = false;
	size_t i;

	for (i = 0; i < k->devs; i++) {
		if (k->dev[i].rule != rule)
			continue;
		found = true;
		if (k->dev[i].state == KVMFR_REFUSED || k->dev[i].state == KVMFR_FAILED)
			return true;
	}
	return !found;
}

const char *kvmfr_state_name(enum kvmfr_state s)
{
	static const char *const names[] = { "load", "refused", "loaded", "already", "failed" };

	return names[s];
}

static void describe(const struct kvmfr_dev *d, size_t n, const struct rule *rule,
		     char reason[REASON_TEXT])
{
	char path[KVMFR_NODE_TEXT];

	text_append(reason, REASON_TEXT, "%s%s %u MiB", reason[0] ? "; " : "",
		    kvmfr_node_path((unsigned int)n, path), (unsigned int)(d->size >> 20));
	if (rule_has(rule, KEY_FOR))
		text_append(reason, REASON_TEXT, " for %ux%u%s", (unsigned int)rule->width,
			    (unsigned int)rule->height, rule_has(rule, KEY_HDR) ? " hdr" : "");
	if (d->give)
		text_append(reason, REASON_TEXT, ", mode %04o, owner %u:%u", (unsigned int)d->mode,
			    (unsigned int)d->uid, (unsigned int)d->gid);
}

const char *kvmfr_rule(const struct kvmfr *k, const struct policy *policy, size_t rule,
		       char reason[REASON_TEXT])
{
	enum kvmfr_state state = KVMFR_REFUSED;
	size_t i;

	reason[0] = '\0';
	for (i = 0; i < k->devs; i++) {
		const struct kvmfr_dev *d = &k->dev[i];

		if (d->rule != rule)
			continue;
		if (d->state == KVMFR_REFUSED || d->state == KVMFR_FAILED) {
			(void)snprintf(reason, REASON_TEXT, "%s", d->reason);
			return kvmfr_state_name(d->state);
		}
		describe(d, i, &policy->rule[rule], reason);
		state = d->state;
	}
	if (!reason[0])
		(void)snprintf(reason, REASON_TEXT, "more than %d devices: none is made",
			       KVMFR_DEVICES);
	return kvmfr_state_name(state);
}

enum exit_status kvmfr_status(const struct kvmfr *k)
{
	enum exit_status s = EXIT_DONE;
	size_t i;

	for (i = 0; i < k->devs; i++)
		s = status_worse(s, k->dev[i].status);
	return s;
}
