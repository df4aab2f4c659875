/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of the machine that a policy concerns: the devices in the groups that its rules name,
 * and of the others no more than the guards need. A plan over the part says of them, word for
 * word, what a plan over the whole machine says.
 *
 * Knows policy and sysfs, decides nothing. The caller frees the inventory, also after an error.
 */
#pragma once

#include "pci.h"
#include "policy.h"

/* 0, or -errno: the policy or the machine asks for more than a part, read it all. */
int inventory_concerned(struct inventory *inv, const struct root *r,
			const struct policy *policy) must_check;
