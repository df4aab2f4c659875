/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the time of a command goes, by the kernel's own trace events. A nanosecond is an
 * instruction with -icount; each event costs some hundred itself, so the sum is more than
 * run_timed() says.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "bench.h"

#define TRACING "/sys/kernel/tracing/"

static int put(const char *file, const char *value)
{
	char path[120];
	int fd;
	ssize_t n;

	(void)snprintf(path, sizeof(path), TRACING "%s", file);
	fd = open(path, O_WRONLY | O_TRUNC);
	if (fd < 0)
		return -1;
	n = write(fd, value, strlen(value));
	(void)close(fd);
	return n == (ssize_t)strlen(value) ? 0 : -1;
}

/* "init-121 [000] ..... 5.123456789: sys_enter: NR 257 (...)" */
static void say_events(void)
{
	FILE *f = fopen(TRACING "trace", "r");
	char line[400];

	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] != '#')
			say("event %s", line);
	}
	if (f)
		(void)fclose(f);
}

int run_traced(char *const *argv, int *status)
{
	long long took;
	int r = mount("tracefs", TRACING, "tracefs", 0, NULL);

	r |= put("trace_clock", "mono");
	r |= put("buffer_size_kb", "4096");
	r |= put("events/raw_syscalls/enable", "1");
	r |= put("events/exceptions/enable", "1");
	r |= put("events/sched/sched_process_fork/enable", "1");
	if (r < 0)
		return -1;
	took = run_timed(argv, status);
	r |= put("tracing_on", "0");
	say_events();
	return took < 0 || r < 0 ? -1 : 0;
}
