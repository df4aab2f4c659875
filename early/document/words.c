/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints the command table for the scripts beside this file, which make the man page and the
 * completions of it. Runs while the program is built, on the machine that builds.
 *
 *   option <TAB> NAME <TAB> ARGUMENT <TAB> HELP            ARGUMENT is empty where it takes none
 *   command <TAB> NAME <TAB> OPERANDS <TAB> HELP <TAB> OPTION OPTION ...
 */
#include <stdio.h>

#include "command_table.h"

static void print_command(const struct command *c)
{
	const struct option_entry *e;

	printf("command\t%s\t%s\t%s\t", c->name, c->operands, c->help);
	for (e = option_table; e->name; e++)
		if (c->options & e->bit)
			printf("%s ", e->name);
	printf("help version\n");
}

int main(void)
{
	const struct option_entry *e;
	const struct command *c;

	for (e = option_table; e->name; e++)
		printf("option\t%s\t%s\t%s\n", e->name, e->argument ? e->argument : "", e->help);
	printf("option\thelp\t\tprint this\noption\tversion\t\tprint the version\n");
	for (c = command_table; c->name; c++)
		print_command(c);
	return ferror(stdout) || fclose(stdout) != 0;
}
