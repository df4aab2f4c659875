/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Policy, inventory and plan of one machine in one piece: what every command that only looks begins
 * with. Changes nothing, prints nothing on standard output.
 *
 * What could not be read is a problem in it, and what depends on that is empty. struct decision
 * owns everything below it: decision_free().
 */
#pragma once

#include "commands.h"
#include "kvmfr.h"
#include "out.h"
#include "plan.h"
#include "result.h"

struct decision {
	struct problems problems;
	struct policy policy;
	struct inventory inv;
	struct plan plan;
	struct kvmfr kvmfr;
	struct result result; /* result.plan is NULL where it did not come to a plan */
};

void decision_make(struct decision *d, const struct options *o);
void decision_free(struct decision *d);

/* Ends the output of a command: flushes it, prints the problems to stderr. The exit status: that of
 * the decision, or EXIT_INTERNAL where the output could not be written. */
enum exit_status decision_end(struct decision *d, struct out *out);

/* The part of that for who has no decision: the problems to stderr. */
void decision_print_problems(const struct problems *p);
