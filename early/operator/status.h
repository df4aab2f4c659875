/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report of the boot beside the machine as it is now. Inside of the command status: only
 * status*.c include this.
 */
#pragma once

#include "operator/report_file.h"
#include "out.h"
#include "pci.h"
#include "plan.h"
#include "policy.h"

enum live_state {
	LIVE_NOT_ASKED, /* nothing to hold: a head, a problem, a device that is left */
	LIVE_HOLDS,
	LIVE_LOST, /* it is not so any more; note says what is */
	LIVE_GONE,
	LIVE_UNMET, /* it never was: the report says why */
	LIVE_UNKNOWN, /* cannot be seen */
};

/* One block of the report. */
struct live {
	enum live_state state;
	bool chosen; /* by the operand, or there is none */
	char driver[DRIVER_NAME]; /* of a device, now; "" for none */
	char note[REASON_TEXT]; /* in words, or "" */
};

struct status {
	const struct root *root;
	struct report report;
	struct live *live; /* by block */
	struct inventory inv;
	struct policy policy; /* as it is now */
	struct problems problems;
	enum exit_status exit;
	bool narrowed; /* there is an operand */
};

/* Fills live[] from sysfs, /dev and the policy files; changes nothing. */
void status_look(struct status *s);
const char *live_name(enum live_state state);
/* True if the rule of one block took, or was refused, the device of the other. */
bool status_takes(const struct status *s, size_t rule, size_t block);
/* True for a file of the policy now that the boot did not have. */
bool status_is_new(const struct status *s, const struct policy_file *f);

void status_view_text(struct out *o, const struct status *s);
void status_view_json(struct out *o, const struct status *s);
