/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --help: the command table in words. */
#include "command_table.h"
#include "out.h"

static void print_options(struct out *o, unsigned int bits)
{
	const struct option_entry *e;

	out_text(o, "\nOptions:\n");
	for (e = option_table; e->name; e++)
		if (bits & e->bit)
			out_printf(o, "  --%-8s %-8s %s\n", e->name, e->argument ? e->argument : "",
				   e->help);
	out_text(o, "  --help              print this\n"
		    "  --version           print the version\n");
}

static void help_all(struct out *o)
{
	const struct command *c;

	out_text(o, "Usage: vfio-early COMMAND [OPTION...] [OPERAND]\n\n"
		    "Claims whole IOMMU groups for vfio-pci before a host driver sees them.\n\n"
		    "Commands:\n");
	for (c = command_table; c->name; c++)
		out_printf(o, "  %-8s %s\n", c->name, c->help);
	print_options(o, ~0U);
	out_text(o, "\nOne command with its operands and options: vfio-early COMMAND --help\n");
	out_text(o, "\nExit status: 0 done, 1 internal, 2 usage, 3 policy error, 4 not claimed or\n"
		    "refused, 5 environment, 6 the boot must stop.\n");
}

enum exit_status command_help(const struct command *command)
{
	struct out o;

	out_start(&o, STDOUT_FILENO);
	if (!command) {
		help_all(&o);
	} else {
		out_printf(&o, "Usage: vfio-early %s [OPTION...]%s%s\n\n%s\n", command->name,
			   command->operands[0] ? " " : "", command->operands, command->help);
		print_options(&o, command->options);
	}
	return out_flush(&o) < 0 ? EXIT_INTERNAL : EXIT_DONE;
}
