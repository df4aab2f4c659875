/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every command with its operands and options, and every option with its argument: the one table
 * that main.c follows and --help prints, and that the man page and the completions are made of (see
 * document/). Knows nothing of what a command does.
 */
#pragma once

#include "commands.h"

enum option_bit {
	OPT_ROOT = 1 << 0,
	OPT_JSON = 1 << 1,
	OPT_CMDLINE = 1 << 2,
	OPT_POLICY = 1 << 3,
	OPT_KERNEL = 1 << 4,
	OPT_NAME = 1 << 5,
	OPT_WRITE = 1 << 6,
	OPT_NOW = 1 << 7,
	OPT_ONLY = 1 << 8,
	OPT_LEGACY = 1 << 9,
	OPT_BACKGROUND = 1 << 10,
	OPT_WAIT = 1 << 11,
};

struct command {
	const char *name;
	enum exit_status (*run)(const struct options *o);
	unsigned int options; /* enum option_bit */
	unsigned char operands_min, operands_max;
	/* Words with a blank between them, "" for none. DEVICE, NAME and FILE stand for something,
	 * small letters for themselves; | is between alternatives, [] around what may be left out.
	 */
	const char *operands;
	const char *help;
};

struct option_entry {
	unsigned int bit;
	const char *name;
	const char *argument; /* NULL: none */
	const char *help;
};

/* Tables that end with an entry without a name. */
extern const struct command command_table[];
extern const struct option_entry option_table[];

/* NULL if there is no such command. */
const struct command *command_find(const char *name);

/* Prints the help of one command, or of all for NULL. */
enum exit_status command_help(const struct command *command);
