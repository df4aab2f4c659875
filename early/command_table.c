/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command_table.h"

#include <string.h>

#define REST (OPT_ROOT | OPT_CMDLINE | OPT_POLICY)
#define CLAIM (REST | OPT_BACKGROUND | OPT_WAIT)

#ifdef WORDS_ONLY /* early/document/ has the words, and not the functions behind them */
#define RUN(function) NULL
#else
#define RUN(function) function
#endif

/* The program for images has what a boot needs. */
const struct command command_table[] = {
#ifdef BOOT_ONLY
	{ "plan", RUN(cmd_plan), REST | OPT_JSON | OPT_KERNEL, 0, 0, "",
	  "show what the boot would do, and change nothing" },
	{ "claim", RUN(cmd_claim), CLAIM, 0, 0, "",
	  "carry out the policy on this machine, now; what the boot runs" },
#else
	{ "list", RUN(cmd_list), REST | OPT_JSON | OPT_KERNEL, 0, 1, "[DEVICE]",
	  "show IOMMU groups, who is in them, and what the policy does" },
	{ "pin", RUN(cmd_pin), OPT_ROOT | OPT_NAME | OPT_WRITE, 1, 1, "DEVICE",
	  "print the claim line for a card, with its identity filled in" },
	{ "plan", RUN(cmd_plan), REST | OPT_JSON | OPT_KERNEL, 0, 0, "",
	  "show what the next boot would do, and change nothing" },
	{ "claim", RUN(cmd_claim_now), CLAIM | OPT_NOW, 0, 1, "[DEVICE|NAME]",
	  "carry out the policy on this machine, now; what the boot runs" },
	{ "status", RUN(cmd_status), OPT_ROOT | OPT_JSON, 0, 1, "[DEVICE|NAME]",
	  "what the boot did, and whether it still holds" },
	{ "check", RUN(cmd_check), REST | OPT_JSON | OPT_KERNEL, 0, 0, "",
	  "is this host ready? one line for each question" },
	{ "release", RUN(cmd_release), REST | OPT_ONLY, 1, 1, "DEVICE|NAME",
	  "give devices back to the host's drivers" },
	{ "show", RUN(cmd_show), REST | OPT_LEGACY, 1, 2, "qemu|libvirt|vfio [DEVICE|NAME]",
	  "what a virtual machine needs for what the policy claims" },
	{ "capture", RUN(cmd_capture), OPT_ROOT, 1, 1, "FILE",
	  "record this machine, for a bug report; no serial numbers" },
#endif
	{ "manifest", RUN(cmd_manifest), OPT_ROOT | OPT_KERNEL, 0, 0, "",
	  "list what an initramfs image must hold" },
	{ NULL, NULL, 0, 0, 0, NULL, NULL },
};

const struct option_entry option_table[] = {
	{ OPT_ROOT, "root", "DIR", "look at a recorded or mounted tree instead of /" },
	{ OPT_JSON, "json", NULL, "print JSON" },
	{ OPT_CMDLINE, "cmdline", "TEXT", "instead of the kernel command line" },
	{ OPT_POLICY, "policy", "FILE", "instead of the policy files" },
	{ OPT_KERNEL, "kernel", "VERSION", "instead of the running kernel" },
	{ OPT_NAME, "name", "NAME", "the name of the new rule" },
	{ OPT_WRITE, "write", NULL, "write it to the policy too" },
	{ OPT_NOW, "now", NULL, "on the running host, and say here what became of it" },
	{ OPT_ONLY, "only", NULL, "this device alone, not its whole IOMMU group" },
	{ OPT_LEGACY, "legacy", NULL, "the form for QEMU before 6.2 and libvirt before 7.9" },
	{ OPT_BACKGROUND, "background", NULL,
	  "end as soon as no other driver can take the devices" },
	{ OPT_WAIT, "wait", NULL, "for the claim in the background, and end as it did" },
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
