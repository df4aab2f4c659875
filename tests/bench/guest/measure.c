/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs one command, and takes its time or counts its system calls. */
#include <errno.h>
#include <linux/ptrace.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

long long now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000000000 + t.tv_nsec;
}

long long run_timed(char *const *argv, int *status)
{
	long long start = now_ns();
	/* A copy of our own memory would be in the figure. */
	pid_t pid = vfork(); /* NOLINT(clang-analyzer-security.insecureAPI.vfork) */

	if (pid == 0) {
		(void)execv(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, status, 0) < 0)
		return -1;
	return now_ns() - start;
}

/* musl's ptrace() takes no more than the C library knows. */
static long trace(int request, pid_t pid, unsigned long addr, unsigned long data)
{
	return syscall(SYS_ptrace, (long)request, (long)pid, addr, data);
}

static void note_stop(pid_t pid, int status, struct counts *c)
{
	struct ptrace_syscall_info info;
	int signal = WSTOPSIG(status);

	if (status >> 16) {
		c->processes += status >> 16 != PTRACE_EVENT_EXEC;
		signal = 0;
	} else if (signal == (SIGTRAP | 0x80)) {
		if (trace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), (unsigned long)&info) > 0)
			c->syscalls += info.op == PTRACE_SYSCALL_INFO_ENTRY;
		signal = 0;
	} else if (signal == SIGSTOP || signal == SIGTRAP) {
		signal = 0;
	}
	(void)trace(PTRACE_SYSCALL, pid, 0, (unsigned long)signal);
}

int run_counted(char *const *argv, struct counts *c, int *status)
{
	const unsigned long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
				      PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
				      PTRACE_O_TRACEEXEC;
	pid_t pid = fork(), who;
	int what;

	if (pid == 0) {
		(void)trace(PTRACE_TRACEME, 0, 0, 0);
		(void)raise(SIGSTOP);
		(void)execv(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &what, 0) < 0 || !WIFSTOPPED(what))
		return -1;
	c->syscalls = 0;
	c->processes = 1;
	(void)trace(PTRACE_SETOPTIONS, pid, 0, options);
	(void)trace(PTRACE_SYSCALL, pid, 0, 0);
	while ((who = waitpid(-1, &what, __WALL)) > 0 || errno == EINTR) {
		if (who > 0 && WIFSTOPPED(what))
			note_stop(who, what, c);
		else if (who == pid)
			*status = what;
	}
	return 0;
}
