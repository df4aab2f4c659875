// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs one program, bounded in time, and states how it ended and what it printed.
 * It must not know what the program is, or what it should print.
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

#define OUTPUT "/run/guest-output"
#define LIMIT_SECONDS 40
#define SOMEBODY 65534

static void child(char *const argv[], bool as_user)
{
	int fd = open(OUTPUT, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd >= 0) {
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
	}
	if (as_user && (setgid(SOMEBODY) != 0 || setuid(SOMEBODY) != 0))
		_exit(125);
	execv(argv[0], argv);
	_exit(errno == ENOENT ? 127 : 126);
}

/* Waits at most LIMIT_SECONDS; a child that takes longer is killed and that is the fact. */
void run_child(const char *name, char *const argv[], bool as_user)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		child(argv, as_user);
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

/* The devices that two snapshots show differently. */
void say_changes(const char *name, const char *before, const char *after)
{
	fact("%s/changed %s", name, strcmp(before, after) == 0 ? "no" : "yes");
	if (strcmp(before, after) == 0)
		return;
	while (*before && *after) {
		size_t b = strcspn(before, "\n"), a = strcspn(after, "\n");

		if (a != b || memcmp(before, after, a) != 0)
			fact("%s/was %.*s now %.*s", name, (int)b, before, (int)a, after);
		before += b + (before[b] == '\n');
		after += a + (after[a] == '\n');
	}
}
