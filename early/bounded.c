/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bounded.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

long clock_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void run_child(int (*function)(void *arg), void *arg, int out)
{
	int value = function(arg);

	(void)!write(out, &value, sizeof(value));
	_exit(0);
}

/* The child's value, or why there is none. */
static int wait_value(int in, unsigned int milliseconds)
{
	long end = clock_ms() + (long)milliseconds;

	for (;;) {
		struct pollfd p = { .fd = in, .events = POLLIN };
		long left = end - clock_ms();
		int n = poll(&p, 1, left > 0 ? (int)left : 0);
		int value;
		ssize_t got;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -ETIMEDOUT;
		got = read(in, &value, sizeof(value));
		if (got < 0 && errno == EINTR)
			continue;
		return got == (ssize_t)sizeof(value) ? value : -ECHILD;
	}
}

int bounded_run(int (*function)(void *arg), void *arg, unsigned int milliseconds)
{
	int fds[2], value;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		(void)close(fds[0]);
		run_child(function, arg, fds[1]);
	}
	value = pid < 0 ? -errno : 0;
	(void)close(fds[1]);
	if (pid > 0) {
		value = wait_value(fds[0], milliseconds);
		/* A child that is stuck in the kernel dies when the kernel lets go of it. It is
		 * not waited for: that is the point. */
		if (value == -ETIMEDOUT)
			(void)kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, value == -ETIMEDOUT ? WNOHANG : 0);
	}
	(void)close(fds[0]);
	return value;
}
