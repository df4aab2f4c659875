/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The devices that an operand means for a command that takes DEVICE or NAME: with the groups they
 * are in, or alone. Pure.
 */
#pragma once

#include "plan.h"
#include "problems.h"

/* Marks them in chosen, one element per device of the plan's inventory; bridges never. How many, or
 * -errno with a problem. */
int chosen_devices(bool *chosen, const char *operand, bool only, const struct plan *plan,
		   struct problems *problems) must_check;
