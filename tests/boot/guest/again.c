// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs vfio-early in the real root: `plan`, then a second `claim`, and states what that changed.
 * It knows two command lines. It must not know what they should print.
 */
#include "facts.h"

#include <unistd.h>

#define BINARY "/usr/sbin/vfio-early"

void again_facts(void)
{
	char binary[] = BINARY, plan[] = "plan", json[] = "--json", claim[] = "claim";
	static char before[65536], after[65536];

	if (access(BINARY, X_OK) != 0) {
		fact("again none");
		return;
	}
	run_child("plan", (char *const[]){ binary, plan, NULL }, false);
	run_child("json", (char *const[]){ binary, plan, json, NULL }, false);
	pci_snapshot(before, sizeof(before));
	run_child("again", (char *const[]){ binary, claim, NULL }, false);
	pci_snapshot(after, sizeof(after));
	say_changes("again", before, after);
	fact_lines("again-report", "/run/vfio-early/report");
}
