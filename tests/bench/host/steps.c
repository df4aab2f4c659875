/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steps FILE COMMAND...: runs a static program at fixed addresses one instruction after another,
 * its children too, and writes into FILE how many there were: "total N", then "0xADDRESS N" for
 * each place. For programs that valgrind does not know how to run. Ends with the command's status.
 *
 * Counts user space only; a repeated string instruction counts each time round.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOW 0x400000UL
#define HIGH 0x500000UL

static unsigned int count[HIGH - LOW];

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static pid_t start(char **argv)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (pid == 0) {
		(void)ptrace(PTRACE_TRACEME, 0, 0, 0);
		(void)raise(SIGSTOP);
		(void)execvp(argv[0], argv);
		_exit(127);
	}
	if (waitpid(pid, NULL, 0) < 0 ||
	    ptrace(PTRACE_SETOPTIONS, pid, 0,
		   PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
			   PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) < 0)
		fail("ptrace");
	return pid;
}

static unsigned long note(pid_t pid)
{
	unsigned long at = (unsigned long)ptrace(PTRACE_PEEKUSER, pid,
						 offsetof(struct user_regs_struct, rip), 0);

	if (at >= LOW && at < HIGH)
		count[at - LOW]++;
	return 1;
}

int main(int argc, char **argv)
{
	unsigned long total = 0, at;
	int status, code = 1;
	pid_t first, pid;
	int counting = 0;
	FILE *out;

	if (argc < 3)
		return 2;
	first = start(argv + 2);
	(void)ptrace(PTRACE_CONT, first, 0, 0);
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		int signal = WIFSTOPPED(status) ? WSTOPSIG(status) : 0;

		if (!WIFSTOPPED(status)) {
			if (pid == first)
				code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
			continue;
		}
		if (status >> 16 == PTRACE_EVENT_EXEC)
			counting = 1;
		else if (signal == SIGTRAP && !(status >> 16) && counting)
			total += note(pid);
		if (signal == SIGTRAP || signal == SIGSTOP)
			signal = 0;
		(void)ptrace(counting ? PTRACE_SINGLESTEP : PTRACE_CONT, pid, 0, (long)signal);
	}
	out = fopen(argv[1], "w");
	if (!out)
		fail(argv[1]);
	(void)fprintf(out, "total %lu\n", total);
	for (at = LOW; at < HIGH; at++)
		if (count[at - LOW])
			(void)fprintf(out, "%016lx %u\n", at, count[at - LOW]);
	return fclose(out) == 0 ? code : 1;
}
