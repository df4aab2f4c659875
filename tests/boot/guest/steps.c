// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs the commands that the case wants to be tried in the booted system, one a line of a file:
 *
 *     NAME HOW WORD...     HOW: root, user, or background (as root; nobody waits for its end)
 *
 * and states for each what it printed, how it ended, and which devices have another driver since.
 * Words have no blanks; a lone ~ stands for an empty one. It must not know what a command should
 * do.
 */
#include "facts.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STEPS "/etc/boot-test-steps"
#define WORDS 32
#define SETTLE_MS 2000 /* for one in the background */

static void in_background(char *const argv[])
{
	if (fork() == 0) {
		execv(argv[0], argv);
		_exit(127);
	}
	poll(NULL, 0, SETTLE_MS);
}

static void step(char *line)
{
	static char before[65536], after[65536];
	char *argv[WORDS + 1], *save = NULL, name[64];
	const char *how;
	char empty[] = "";
	int words = 0;

	snprintf(name, sizeof(name), "step/%s", strtok_r(line, " \n", &save));
	how = strtok_r(NULL, " \n", &save);
	while (words < WORDS && (argv[words] = strtok_r(NULL, " \n", &save))) {
		if (strcmp(argv[words], "~") == 0)
			argv[words] = empty;
		words++;
	}
	argv[words] = NULL;
	if (!how || !words)
		return;
	pci_snapshot(before, sizeof(before));
	if (strcmp(how, "background") == 0)
		in_background(argv);
	else
		run_child(name, argv, strcmp(how, "user") == 0);
	pci_snapshot(after, sizeof(after));
	say_changes(name, before, after);
}

void steps_facts(void)
{
	char line[2048];
	FILE *f = fopen(STEPS, "re");

	while (f && fgets(line, sizeof(line), f))
		if (line[0] != '\n')
			step(line);
	if (f)
		fclose(f);
}
