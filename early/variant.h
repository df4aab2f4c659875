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

#define VARIANT_ALIAS 80

/* The module alias of a device: "pci:v000010DEd..." */
void variant_alias(const struct pci_dev *d, char buf[VARIANT_ALIAS]);
