// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the first process found when it began: its arguments, its environment, and what those before
 * it left behind. It looks before anything is mounted and says it when the channel is open.
 * It knows the kernel's hand-over to an init. It must not know who ran before.
 */
#include "facts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FDS 64

extern char **environ;

static const char *const places[] = { "/dev", "/proc", "/sys", "/run" };
#define PLACES (sizeof(places) / sizeof(places[0]))

static bool open_fd[FDS], mounted[PLACES], no_child;
static char **arguments;

void start_look(char **argv)
{
	struct stat root, place;

	arguments = argv + 1;
	for (int fd = 0; fd < FDS; fd++)
		open_fd[fd] = fcntl(fd, F_GETFD) >= 0;
	for (size_t i = 0; i < PLACES; i++)
		mounted[i] = stat("/", &root) == 0 && stat(places[i], &place) == 0 &&
			     root.st_dev != place.st_dev;
	no_child = waitpid(-1, NULL, WNOHANG | __WALL) < 0 && errno == ECHILD;
}

void start_facts(void)
{
	char text[256] = " ";
	size_t used = 1;

	for (char **word = arguments; *word; word++)
		fact("start-argument %s", *word);
	for (char **word = environ; *word; word++)
		fact("start-environment %s", *word);
	for (int fd = 0; fd < FDS; fd++)
		if (open_fd[fd])
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%d ", fd);
	fact("start/fds%s", text);
	for (size_t i = 0; i < PLACES; i++)
		if (mounted[i])
			fact("start-mounted %s", places[i]);
	fact("start/children %s", no_child ? "none" : "some");
}

/* What the tmpfiles.d line of our installer does in a real system. */
void start_report(void)
{
	char text[4096];
	int from = open("/dev/.vfio-early/report", O_RDONLY | O_CLOEXEC), to;
	ssize_t n;

	if (from < 0 || access("/run/vfio-early/report", F_OK) == 0)
		return;
	mkdir("/run/vfio-early", 0755);
	to = open("/run/vfio-early/report", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	while (to >= 0 && (n = read(from, text, sizeof(text))) > 0)
		if (write(to, text, (size_t)n) != n)
			break;
	close(to);
	close(from);
	fact("report-from /dev/.vfio-early/report");
}
