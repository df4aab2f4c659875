/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * driver=auto: turns it into the best variant driver that the kernel's modules offer for each
 * device, or vfio-pci. Between the plan, which knows no modules, and the claim.
 */
#pragma once

#include "modload.h"
#include "plan.h"

/* True if a device of the plan still says auto. */
bool variant_needed(const struct plan *plan);
void variant_resolve(struct plan *plan, struct modload *m);
