/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plan and outcomes together: what became of each rule and device, in words, and the exit status.
 * Pure. Read by the report and by the commands.
 */
#pragma once

#include "hugepages.h"
#include "kvmfr.h"
#include "outcome.h"

struct result {
	const struct plan *plan; /* NULL where it did not come to a plan */
	const struct outcomes *outcomes; /* NULL where nothing was carried out */
	const struct hugepages *hugepages; /* by rule; NULL where nothing was carried out */
	const struct kvmfr *kvmfr; /* NULL where it was not decided */
	const struct problems *problems;
	const struct policy *policy;
	const char *state; /* done, nothing, disabled, stuck, failed */
	enum exit_status status;
	bool by_hand; /* on a running host, not by the boot */
};

/* claimed, reserved, loaded, already, failed, refused, absent, noted; before it was tried: claim,
 * load
 */
const char *result_rule(const struct result *r, size_t rule, char reason[REASON_TEXT]);
/* claimed, already, failed, lost, refused, left */
const char *result_device(const struct result *r, size_t dev, char reason[REASON_TEXT]);

/* True if the rule asks for devices, or memory, that it did not get. An optional rule whose
 * device is absent is content. */
bool result_rule_unmet(const struct result *r, size_t rule);

/* True if all that was asked for was so before: the run changed nothing. */
bool result_unchanged(const struct result *r);

/* Counts the devices in that state. */
size_t result_count(const struct result *r, enum outcome_state state);
size_t result_count_refused(const struct result *r);

/* The worst of problems, plan and outcomes; EXIT_STOP if a rule says so. */
enum exit_status result_status(const struct result *r);
