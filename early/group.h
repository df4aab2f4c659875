/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The IOMMU groups of a plan: their members, and the rules that name them or take them.
 *
 * Borrows the plan. The guards refuse rules through this; whoever only reads a plan steps through
 * its groups.
 */
#pragma once

#include "plan.h"

/* True if the rule names the device itself. */
bool plan_selects(const struct plan *plan, size_t rule, size_t dev);

/* One IOMMU group: its members, bridges included. Borrows the plan. */
struct group {
	const struct plan *plan;
	int32_t number;
	const struct group_member *member;
	size_t members;
};

/* Steps through the groups in numeric order; false at the end. Start with *at = 0. */
bool group_next(const struct plan *plan, size_t *at, struct group *g);
const struct pci_dev *group_dev(const struct group *g, size_t i);
/* True if the rule names a member. */
bool group_named_by(const struct group *g, size_t rule);
/* True if the rule also is active: the group is claimed for it. */
bool group_taken_by(const struct group *g, size_t rule);
/* The first active rule that takes the group, or NO_RULE. */
int group_first_rule(const struct group *g);

/* Refuses the rule unless it was already, with a reason in words. */
void refuse_rule(struct plan *plan, size_t rule, enum exit_status status, const char *format, ...)
	printf_like(4, 5);
/* Refuses every active rule that takes the group. */
void refuse_group(struct plan *plan, const struct group *g, const char *format, ...)
	printf_like(3, 4);
