/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands: each takes the parsed options and returns an exit status. Only main.c calls them.
 * The table of names, operands and options is in command_table.c.
 */
#pragma once

#include <stdbool.h>

#include "problems.h"
#include "root.h"

#define OPERANDS_MAX 2

struct options {
	struct root root; /* the machine: sys/, proc/, dev/, run/ */
	const struct root *files; /* the same, or what holds its own etc/ and lib/ */
	const char *report_dir; /* relative to root */
	const char *operand[OPERANDS_MAX]; /* NULL where not given */
	const char *cmdline; /* --cmdline */
	const char *policy; /* --policy */
	const char *kernel; /* --kernel */
	const char *name; /* --name */
	bool json; /* --json */
	bool write; /* --write */
	bool now; /* --now */
	bool only; /* --only */
	bool legacy; /* --legacy */
	bool background; /* --background */
	bool wait; /* --wait */
};

/* What the boot runs, its preview, and what an image must hold. */
enum exit_status cmd_claim(const struct options *o);
enum exit_status cmd_plan(const struct options *o);
enum exit_status cmd_manifest(const struct options *o);

/* What a person asks before and after the boot: early/operator/. */
enum exit_status cmd_claim_now(const struct options *o); /* and without --now cmd_claim() */
enum exit_status cmd_status(const struct options *o);
enum exit_status cmd_release(const struct options *o);
enum exit_status cmd_show(const struct options *o);
enum exit_status cmd_list(const struct options *o);
enum exit_status cmd_pin(const struct options *o);
enum exit_status cmd_capture(const struct options *o);
enum exit_status cmd_check(const struct options *o);
