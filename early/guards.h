/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of the plan while it is being made: selection, refusal, and the guards.
 * Only plan.c, select.c and guards*.c include this.
 */
#pragma once

#include "plan.h"

/* The first active rule that takes the group, or NO_RULE. */
int group_first_rule(const struct group *g);

/* Fills every claim rule's selection; rules that match nothing become absent or refused. */
int select_devices(struct plan *plan) must_check;

/* Refuses the rule unless it was already, with a reason in words. */
void refuse_rule(struct plan *plan, size_t rule, enum exit_status status, const char *format, ...)
	printf_like(4, 5);
/* Refuses every active rule that takes the group. */
void refuse_group(struct plan *plan, const struct group *g, const char *format, ...)
	printf_like(3, 4);

/* The guards. Each refuses what it must; true if it refused anything. */
bool guard_protect(struct plan *plan, const struct group *g);
bool guard_identity(struct plan *plan, const struct group *g);
bool guard_agreement(struct plan *plan, const struct group *g);
bool guard_collateral(struct plan *plan, const struct group *g);
bool guard_bound(struct plan *plan, const struct group *g);
bool guard_console(struct plan *plan);
