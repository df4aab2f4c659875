/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands: each takes the parsed options and returns an exit status. Only main.c calls them.
 */
#pragma once

#include "problems.h"
#include "root.h"

struct options {
	struct root root; /* the machine: sys/, proc/, dev/, run/ */
	const struct root *files; /* the same, or what holds its own etc/ and lib/ */
	const char *report_dir; /* relative to root */
	const char *cmdline; /* --cmdline */
	const char *policy; /* --policy */
	const char *kernel; /* --kernel */
	bool json; /* --json */
};

enum exit_status cmd_claim(const struct options *o);
enum exit_status cmd_plan(const struct options *o);
enum exit_status cmd_manifest(const struct options *o);
