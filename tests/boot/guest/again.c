// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs vfio-early in the real root: `plan`, then a second `claim`, and states what that changed.
 * It knows two command lines. It must not know what they should print.
 */
#include "facts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define BINARY "/usr/sbin/vfio-early"
#define OUTPUT "/run/guest-output"
#define LIMIT_SECONDS 40

static void child(char *const argv[])
{
	int fd = open(OUTPUT, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd >= 0) {
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
	}
	execv(argv[0], argv);
	_exit(errno == ENOENT ? 127 : 126);
}

/* Waits at most LIMIT_SECONDS; a child that takes longer is killed and that is the fact. */
static void run(const char *name, char *const argv[])
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		child(argv);
	for (int tenth = 0; pid > 0 && waitpid(pid, &status, WNOHANG) == 0; tenth++) {
		if (tenth == LIMIT_SECONDS * 10)
			kill(pid, SIGKILL);
		poll(NULL, 0, 100);
	}
	if (pid > 0 && WIFEXITED(status))
		fact("%s/exit %d", name, WEXITSTATUS(status));
	else
		fact("%s/exit died", name);
	fact_lines(name, OUTPUT);
	unlink(OUTPUT);
}

static void say_changes(const char *before, const char *after)
{
	fact("again/changed %s", strcmp(before, after) == 0 ? "no" : "yes");
	if (strcmp(before, after) == 0)
		return;
	while (*before && *after) {
		size_t b = strcspn(before, "\n"), a = strcspn(after, "\n");

		if (a != b || memcmp(before, after, a) != 0)
			fact("again/was %.*s now %.*s", (int)b, before, (int)a, after);
		before += b + (before[b] == '\n');
		after += a + (after[a] == '\n');
	}
}

void again_facts(void)
{
	char binary[] = BINARY, plan[] = "plan", json[] = "--json", claim[] = "claim";
	static char before[65536], after[65536];

	if (access(BINARY, X_OK) != 0) {
		fact("again none");
		return;
	}
	run("plan", (char *const[]){ binary, plan, NULL });
	run("json", (char *const[]){ binary, plan, json, NULL });
	pci_snapshot(before, sizeof(before));
	run("again", (char *const[]){ binary, claim, NULL });
	pci_snapshot(after, sizeof(after));
	say_changes(before, after);
	fact_lines("again-report", "/run/vfio-early/report");
}
