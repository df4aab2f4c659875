/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Would two CPUs load the modules sooner than one? A word of the arguments is a step; the modules
 * of a step, joined by ",", do not need each other. Both ways are tried by turns in one boot, so
 * that a noisy host disturbs both alike.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define ROUNDS 10

/* What goes wrong is said: the figures would be those of something else. */
static int tell(int r, const char *what, const char *path)
{
	if (r < 0)
		say("problem %s %s: %s", what, path, strerror(errno));
	return r;
}

/* The modules of one step; side by side each but the last gets a process. */
static int load_step(const char *step, int parallel)
{
	char copy[512], *rest = copy, *path;
	int r = 0, status, children = 0;

	(void)snprintf(copy, sizeof(copy), "%s", step);
	while ((path = strsep(&rest, ","))) {
		pid_t pid = parallel && rest ? fork() : -1;

		if (pid == 0)
			_exit(tell(load_file(path), "load", path) ? 1 : 0);
		if (pid > 0)
			children++;
		else
			r |= tell(load_file(path), "load", path);
	}
	for (; children; children--)
		if (wait(&status) < 0 || status)
			r = -1;
	return r;
}

static int unload(const char *path)
{
	char name[80], *c;

	path = strrchr(path, '/') + 1;
	(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(path, "."), path);
	for (c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	return (int)syscall(SYS_delete_module, name, 0);
}

static int unload_step(const char *step)
{
	char copy[512], *rest = copy, *path;
	int r = 0;

	(void)snprintf(copy, sizeof(copy), "%s", step);
	while ((path = strsep(&rest, ",")))
		r |= tell(unload(path), "unload", path);
	return r;
}

static long long round_trip(char **argv, int steps, int parallel)
{
	long long start = now_ns(), took;
	int i, r = 0;

	for (i = 0; i < steps; i++)
		r |= load_step(argv[i], parallel);
	took = now_ns() - start;
	for (i = steps - 1; i >= 0; i--)
		r |= unload_step(argv[i]);
	return r ? -1 : took;
}

int sidebyside_main(char **argv)
{
	int steps = 0, i;

	while (argv[steps])
		steps++;
	for (i = 0; i < ROUNDS; i++) {
		long long alone = round_trip(argv, steps, 0);
		long long beside = round_trip(argv, steps, 1);

		if (alone < 0 || beside < 0)
			return 1;
		say("sidebyside one=%lld two=%lld", alone, beside);
	}
	return 0;
}
