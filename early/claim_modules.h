/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The drivers that a plan needs, loaded once each. Part of the claim. Leaves the reason in
 * outcomes.load_error where a driver cannot be had.
 */
#pragma once

#include "claim.h"

int claim_modules(const struct root *r, const struct plan *plan, struct outcomes *o,
		  struct modload *modules) must_check;

/* True if the driver is in the kernel, whoever loaded it. */
bool claim_driver_there(const struct root *r, const char *driver);
