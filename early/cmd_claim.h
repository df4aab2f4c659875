/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run from the policy to the report, for the command of the boot and for the one that a person
 * gives. The hooks are how the second differs; the boot has none, and the program for images
 * neither.
 */
#pragma once

#include "commands.h"
#include "result.h"

struct claim_hooks {
	/* After the policy is read, and after the plan is made: 0, or -errno to claim nothing. */
	int (*policy)(const struct options *o, struct policy *p, struct problems *problems);
	int (*plan)(const struct options *o, struct plan *plan, struct problems *problems);
	/* At the end: the exit status. */
	enum exit_status (*end)(const struct result *r);
};

/* hooks: NULL for the boot. */
enum exit_status claim_with(const struct options *o, const struct claim_hooks *hooks);
