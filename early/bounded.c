/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bounded.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#define STACK (256UL << 10) /* libkmod has paths of 4 KiB on it, one above the other */
#define STACK_GUARD (64UL << 10) /* a page, however large the kernel has them */

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

/* Waits for the child as long as it may take, and gives its value. */
static int wait_child(pid_t pid, int fds[2], unsigned int milliseconds)
{
	int value = pid < 0 ? -errno : 0;

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

int bounded_run(int (*function)(void *arg), void *arg, unsigned int milliseconds)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		(void)close(fds[0]);
		run_child(function, arg, fds[1]);
	}
	return wait_child(pid, fds, milliseconds);
}

struct call {
	int (*function)(void *arg);
	void *arg;
	int out;
};

static int run_call(void *arg)
{
	const struct call *c = arg;
	int value = c->function(c->arg);

	(void)!write(c->out, &value, sizeof(value));
	return 0;
}

/* One that is killed while it computes, and not while the kernel holds it, is gone in a moment. */
static void let_die(pid_t pid)
{
	const struct timespec moment = { .tv_nsec = 1000000 };
	int i;

	for (i = 0; i < 20 && waitpid(pid, NULL, WNOHANG) == 0; i++)
		(void)nanosleep(&moment, NULL);
}

/* Taken once and not given back: the kernel may still hold the one of a child that hangs. */
static char *take_stack(char **spare)
{
	char *stack = *spare;

	*spare = NULL;
	if (stack)
		return stack;
	stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
	if (stack == MAP_FAILED)
		return NULL;
	if (mprotect(stack, STACK_GUARD, PROT_NONE) == 0)
		return stack;
	(void)munmap(stack, STACK);
	return NULL;
}

int bounded_run_here(int (*function)(void *arg), void *arg, unsigned int milliseconds)
{
	static char *spare; /* the stack of a child that has ended */
	struct call c = { .function = function, .arg = arg };
	char *stack = take_stack(&spare);
	int fds[2], value;
	pid_t pid;

	if (!stack)
		return -ENOMEM;
	if (pipe2(fds, O_CLOEXEC) < 0) {
		value = -errno;
		spare = stack;
		return value;
	}
	c.out = fds[1];
	pid = clone(run_call, stack + STACK, CLONE_VM | SIGCHLD, &c);
	value = wait_child(pid, fds, milliseconds);
	if (value == -ETIMEDOUT)
		let_die(pid);
	else
		spare = stack;
	return value;
}
