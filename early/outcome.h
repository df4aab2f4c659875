/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What became of every device that the plan claims. Filled by the claim, read by the report.
 *
 * The process that does the claim writes it in our memory, so that what it reached is known even
 * when it hangs. struct outcomes owns that memory: outcomes_free().
 */
#pragma once

#include "plan.h"

#define LOAD_ERROR 200
#define RELEASE_MS 5000 /* for one device's driver to let go */

enum outcome_state {
	OUTCOME_NONE, /* not claimed by the plan */
	OUTCOME_PENDING,
	OUTCOME_CLAIMED, /* read back: the driver is the one asked for */
	OUTCOME_ALREADY, /* it was before we came */
	OUTCOME_FAILED, /* no driver, or still the old one */
	OUTCOME_LOST, /* another driver took it */
};

enum claim_step {
	STEP_OVERRIDE,
	STEP_ATTRIBUTE,
	STEP_RELEASE,
	STEP_LOAD,
	STEP_PROBE,
	STEP_READ_BACK,
	STEP_DONE,
};

struct outcome {
	enum outcome_state state;
	enum claim_step step; /* where it failed */
	int error; /* -errno of that step, or 0 */
	int attr_error; /* -errno of an attr. write that failed though the claim did not */
	bool released; /* taken from its driver by us */
	bool stuck; /* its driver never let go: the kernel holds the device's lock */
	char driver[DRIVER_NAME]; /* what the link said at the end; "" for none */
};

struct outcomes {
	struct outcome *dev; /* by inventory index */
	size_t devs;
	enum claim_step *step; /* what is being done now */
	char *load_error; /* why modules are missing, or ""; LOAD_ERROR bytes */
	bool timed_out; /* CLAIM_MS were over */
	void (*held)(
		void); /* called when no other driver can take any of them; NULL: nobody asks */
};

int outcomes_alloc(struct outcomes *o, const struct plan *plan) must_check;
void outcomes_free(struct outcomes *o);

const char *outcome_name(enum outcome_state s);
const char *step_name(enum claim_step s);
