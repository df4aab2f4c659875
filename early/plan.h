/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decision: what happens to every device, and why. A pure function of policy and inventory.
 *
 * Sees no descriptor and writes nothing. struct plan owns its arrays (plan_free()) and borrows the
 * policy and the inventory, which must outlive it. Devices and rules are referred to by the same
 * index as there.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "pci.h"
#include "policy.h"

#define REASON_TEXT 240
#define NO_RULE (-1)

enum action {
	ACTION_LEAVE,
	ACTION_CLAIM,
	ACTION_REFUSE,
};

enum rule_state {
	RULE_IDLE, /* no claim: protect, kvmfr, hugepages */
	RULE_ACTIVE, /* will be carried out */
	RULE_ABSENT, /* matches no device */
	RULE_REFUSED,
};

struct plan_rule {
	enum rule_state state;
	enum exit_status status; /* what a rule that is not carried out asks for */
	uint8_t *selected; /* a bit per device that the rule names */
	char reason[REASON_TEXT];
};

struct plan_dev {
	enum action action;
	int32_t rule; /* the first that takes it, or that was refused; NO_RULE */
	char target[DRIVER_NAME]; /* the driver to bind; "auto" until resolved */
};

struct group_member {
	int32_t group;
	uint32_t dev;
};

struct plan {
	const struct policy *policy;
	const struct inventory *inv;
	struct plan_rule *rule;
	struct plan_dev *dev;
	struct group_member *by_group; /* the devices that have a group, sorted by it */
	size_t grouped;
	enum exit_status status; /* the worst of all rules */
};

int plan_make(struct plan *plan, const struct policy *policy,
	      const struct inventory *inv) must_check;
void plan_free(struct plan *plan);

/* Why the device gets this action, in words; at least REASON_TEXT bytes. */
const char *plan_reason(const struct plan *plan, size_t dev, char buf[REASON_TEXT]);

const char *action_name(enum action a);
const char *rule_state_name(enum rule_state s);
