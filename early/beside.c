/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "beside.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define BESIDE_MOST 8U /* processes; what is left runs here */

static bool has_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 1;
}

/* The -errno is the exit status: there is none above 255. */
static pid_t start(int (*function)(void *arg, unsigned int i), void *arg, unsigned int i)
{
	pid_t parent = getpid(), pid = fork();

	if (pid != 0)
		return pid;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(ESRCH);
	_exit(-function(arg, i) & 0xff);
}

static int end(pid_t pid)
{
	int status;
	pid_t r;

	do
		r = waitpid(pid, &status, 0);
	while (r < 0 && errno == EINTR);
	return r == pid && WIFEXITED(status) ? -WEXITSTATUS(status) : -ECHILD;
}

int beside_run(int (*function)(void *arg, unsigned int i), void *arg, unsigned int count)
{
	bool apart = count > 1 && has_processors();
	pid_t pid[BESIDE_MOST];
	unsigned int i, started = 0;
	int r = 0, other;

	for (i = 0; i < count && r == 0; i++) {
		bool here = !apart || i == count - 1 || started == BESIDE_MOST;
		pid_t p = here ? -1 : start(function, arg, i);

		if (p > 0)
			pid[started++] = p;
		else
			r = function(arg, i);
	}
	for (i = 0; i < started; i++) {
		other = end(pid[i]);
		if (r == 0)
			r = other;
	}
	return r;
}
