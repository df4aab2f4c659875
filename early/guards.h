/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of the plan while it is being made: the selection and the guards.
 * Only plan.c, select.c and guards*.c include this.
 */
#pragma once

#include "group.h"

/* Fills every claim rule's selection; rules that match nothing become absent or refused. */
int select_devices(struct plan *plan) must_check;

/* The guards. Each refuses what it must; true if it refused anything. */
bool guard_protect(struct plan *plan, const struct group *g);
bool guard_identity(struct plan *plan, const struct group *g);
bool guard_agreement(struct plan *plan, const struct group *g);
bool guard_collateral(struct plan *plan, const struct group *g);
bool guard_bound(struct plan *plan, const struct group *g);
bool guard_console(struct plan *plan);
