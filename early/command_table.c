/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command_table.h"

#include <string.h>

#include "out.h"

const struct command command_table[] = {
#ifdef BOOT_ONLY
	{ "claim", cmd_claim, OPT_ROOT | OPT_CMDLINE | OPT_POLICY, 0, 0, "",
	  "carry out the policy on this machine, now; what the boot runs" },
#else
	{ "claim", cmd_claim_now, OPT_ROOT | OPT_CMDLINE | OPT_POLICY | OPT_NOW, 0, 1,
	  "[DEVICE|NAME]", "carry out the policy on this machine, now; what the boot runs" },
	{ "capture", cmd_capture, OPT_ROOT, 1, 1, "FILE",
	  "record this machine, for a bug report; no serial numbers, - is standard output" },
#endif
	{ "plan", cmd_plan, OPT_ROOT | OPT_JSON | OPT_CMDLINE | OPT_POLICY | OPT_KERNEL, 0, 0, "",
	  "show the same decision and change nothing" },
	{ "manifest", cmd_manifest, OPT_ROOT | OPT_KERNEL, 0, 0, "",
	  "list what an initramfs image must hold" },
#ifndef BOOT_ONLY /* the program for images has no more */
	{ "check", cmd_check, OPT_ROOT | OPT_JSON | OPT_CMDLINE | OPT_POLICY | OPT_KERNEL, 0, 0, "",
	  "is this host ready? one line for each question" },
	{ "status", cmd_status, OPT_ROOT | OPT_JSON, 0, 1, "[DEVICE|NAME]",
	  "what the boot did, and whether it still holds" },
	{ "release", cmd_release, OPT_ROOT | OPT_CMDLINE | OPT_POLICY | OPT_ONLY, 1, 1,
	  "DEVICE|NAME", "give devices back to the host's drivers" },
	{ "show", cmd_show, OPT_ROOT | OPT_CMDLINE | OPT_POLICY | OPT_LEGACY, 1, 2,
	  "FORM [DEVICE|NAME]",
	  "what a virtual machine needs, as FORM says: qemu, libvirt or vfio" },
	{ "list", cmd_list, OPT_ROOT | OPT_JSON | OPT_CMDLINE | OPT_POLICY | OPT_KERNEL, 0, 1,
	  "[DEVICE]", "show IOMMU groups, who is in them, and what the policy does" },
	{ "pin", cmd_pin, OPT_ROOT | OPT_NAME | OPT_WRITE, 1, 1, "DEVICE",
	  "print the claim line for a card, with its identity filled in" },
#endif
	{ NULL, NULL, 0, 0, 0, NULL, NULL },
};

const struct option_entry option_table[] = {
	{ OPT_ROOT, "root", "DIR", "look at a recorded or mounted tree instead of /" },
	{ OPT_JSON, "json", NULL, "print JSON" },
	{ OPT_CMDLINE, "cmdline", "TEXT", "instead of the kernel command line" },
	{ OPT_POLICY, "policy", "FILE", "instead of the policy files" },
	{ OPT_KERNEL, "kernel", "VERSION", "instead of the running kernel" },
	{ OPT_NAME, "name", "NAME", "the name of the new rule" },
	{ OPT_WRITE, "write", NULL, "write it to the policy instead of printing it" },
	{ OPT_NOW, "now", NULL, "on the running host, and say here what became of it" },
	{ OPT_ONLY, "only", NULL, "this device alone, not its whole IOMMU group" },
	{ OPT_LEGACY, "legacy", NULL, "the form for QEMU before 6.2 and libvirt before 7.9" },
	{ 0, NULL, NULL, NULL },
};

const struct command *command_find(const char *name)
{
	const struct command *c;

	for (c = command_table; c->name; c++)
		if (strcmp(name, c->name) == 0)
			return c;
	return NULL;
}

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
		out_printf(o, "  %-8s %-18s %s\n", c->name, c->operands, c->help);
	print_options(o, ~0U);
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
