/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bounded.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#define STACK (256UL << 10) /* libkmod has paths of 4 KiB on it, one above the other */
#define STACK_GUARD (64UL << 10) /* a page, however large the kernel has them */
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED true
#else
#define SANITIZED false
#endif

/* By a system call: the C library would set up the kernel's way without one first, and that costs
 * more than all calls of a boot. */
long clock_ms(void)
{
	struct timespec t;

#if __SIZEOF_LONG__ == 8
	(void)syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
#else
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
#endif
	return (long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The end of a child comes as a signal that is held until it is asked for, so none is missed. */
static void hold_ends(sigset_t *ends, sigset_t *before)
{
	(void)signal(SIGCHLD, SIG_DFL); /* where it is ignored, nobody hears of it */
	(void)sigemptyset(ends);
	(void)sigaddset(ends, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, ends, before);
}

/* 0 when the child has ended, in whatever way, else -ETIMEDOUT. */
static int wait_end(pid_t pid, const sigset_t *ends, unsigned int milliseconds)
{
	long end = clock_ms() + (long)milliseconds, left = (long)milliseconds;
	pid_t ended;

	do {
		const struct timespec t = { .tv_sec = left / 1000,
					    .tv_nsec = left % 1000 * 1000000 };

		if (left < 0)
			return -ETIMEDOUT;
		(void)sigtimedwait(ends, NULL, &t);
		ended = waitpid(pid, NULL, WNOHANG);
		left = ended == 0 ? end - clock_ms() : 0;
	} while (ended == 0);
	return 0;
}

/* A child that is stuck in the kernel dies when the kernel lets go of it. It is not waited for:
 * that is the point. */
static int end_child(pid_t pid, const sigset_t *ends, unsigned int milliseconds)
{
	int err = wait_end(pid, ends, milliseconds);

	if (err < 0) {
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, WNOHANG);
	}
	return err;
}

/* In the child. What it wrote is its whole value, or none. */
static void run_child(int (*function)(void *arg), void *arg, int out)
{
	int value = function(arg);

	(void)!write(out, &value, sizeof(value));
	_exit(0);
}

int bounded_run(int (*function)(void *arg), void *arg, unsigned int milliseconds)
{
	sigset_t ends, before;
	int fds[2], value = 0, err;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	hold_ends(&ends, &before);
	pid = fork();
	if (pid == 0) {
		(void)close(fds[0]);
		run_child(function, arg, fds[1]);
	}
	err = pid < 0 ? -errno : end_child(pid, &ends, milliseconds);
	if (err == 0 && read(fds[0], &value, sizeof(value)) != (ssize_t)sizeof(value))
		err = -ECHILD;
	(void)close(fds[0]);
	(void)close(fds[1]);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return err < 0 ? err : value;
}

struct call {
	int (*function)(void *arg);
	void *arg;
	int value;
};

static int run_call(void *arg)
{
	struct call *c = arg;

	c->value = c->function(c->arg);
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

/* The first one is ours already, unless the leak sanitizer, which reads all that is ours, would
 * meet its guard. */
static char *new_stack(void)
{
	static char first[STACK + STACK_GUARD];
	static bool given = SANITIZED;
	char *stack = first + (-(uintptr_t)first & (STACK_GUARD - 1));

	if (given)
		stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
	given = true;
	if (stack == MAP_FAILED)
		return NULL;
	return mprotect(stack, STACK_GUARD, PROT_NONE) == 0 ? stack : NULL;
}

int bounded_run_here(int (*function)(void *arg), void *arg, unsigned int milliseconds)
{
	static char *spare; /* the stack of a child that has ended */
	struct call c = { .function = function, .arg = arg, .value = -ECHILD };
	char *stack = spare ? spare : new_stack();
	sigset_t ends, before;
	pid_t pid;
	int err;

	spare = NULL;
	if (!stack)
		return -ENOMEM;
	hold_ends(&ends, &before);
	/* Before Linux 5.16 a crash kills all who share the memory, for a core dump that is not
	 * even written; where there can be none, only the child dies. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	pid = clone(run_call, stack + STACK, CLONE_VM | SIGCHLD, &c);
	err = pid < 0 ? -errno : end_child(pid, &ends, milliseconds);
	/* The kernel may still hold the stack of a child that hangs, so that is not used again. */
	if (err == -ETIMEDOUT)
		let_die(pid);
	else
		spare = stack;
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return err < 0 ? err : c.value;
}
