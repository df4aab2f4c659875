/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PID 1 of the measuring machine. The kernel hands it, behind "--", the command to measure, a path
 * first:
 *
 *   measure=time COMMAND...     says how long it took; with -icount a nanosecond is an instruction
 *   measure=count COMMAND...    says its system calls and processes
 *   measure=time COMMAND... then COMMAND...    and how long it took until the end of both
 *   measure=turns COMMAND...    says how long it took on one processor and on all, several times
 *   measure=trace COMMAND...    lists its system calls with the time of each
 *
 * Before that it says how long the kernel took to come here: unpacking the image is part of it.
 * Then it says who drives which PCI device, loads the host's own drivers, and says so again: that
 * shows what a method took away, and from whom. As /init floor ... it is the floor itself.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

void say(const char *format, ...)
{
	va_list ap;

	(void)fputs("BENCH ", stdout);
	va_start(ap, format);
	(void)vprintf(format, ap);
	va_end(ap);
	(void)putchar('\n');
	(void)fflush(stdout);
}

/* The last component of a link, or "-". */
static const char *link_name(const char *address, const char *link, char buf[300])
{
	char path[300];
	const char *name;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", address, link);
	n = readlink(path, buf, 299);
	if (n < 0)
		return "-";
	buf[n] = '\0';
	name = strrchr(buf, '/');
	return name ? name + 1 : buf;
}

static void say_drivers(const char *when)
{
	DIR *dir = opendir("/sys/bus/pci/devices");
	const struct dirent *e;
	char driver[300], group[300];

	while (dir && (e = readdir(dir)))
		if (e->d_name[0] != '.')
			say("driver %s %s %s %s", when, e->d_name,
			    link_name(e->d_name, "driver", driver),
			    link_name(e->d_name, "iommu_group", group));
	if (dir)
		(void)closedir(dir);
}

static void mount_all(void)
{
	static const char *const where[][2] = {
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
		{ "devtmpfs", "/dev" },
		{ "tmpfs", "/run" },
	};
	size_t i;

	for (i = 0; i < sizeof(where) / sizeof(where[0]); i++) {
		(void)mkdir(where[i][1], 0755);
		if (mount(where[i][0], where[i][1], where[i][0], 0, NULL) < 0)
			say("problem mount %s", where[i][1]);
	}
}

/* What is behind "then" runs when the first has ended, and has no figure of its own: it waits for
 * what that has left behind. */
static int time_both(char **argv)
{
	long long first, second;
	char **then = argv;
	int status = -1;

	while (*then && strcmp(*then, "then") != 0)
		then++;
	if (*then)
		*then++ = NULL;
	first = run_timed(argv, &status);
	second = first >= 0 && *then ? run_timed(then, &status) : 0;
	if (first >= 0 && second >= 0)
		say("timed ns=%lld both=%lld", first, first + second);
	return status;
}

static void measure(char **argv)
{
	const char *how = getenv("measure");
	struct counts c = { 0, 0 };
	int status = -1;

	if (how && strcmp(how, "count") == 0) {
		if (run_counted(argv, &c, &status) == 0)
			say("counted syscalls=%lu processes=%lu", c.syscalls, c.processes);
	} else if (how && strcmp(how, "turns") == 0) {
		run_by_turns(argv, &status);
	} else if (how && strcmp(how, "trace") == 0) {
		if (run_traced(argv, &status) < 0)
			say("problem tracing");
	} else {
		status = time_both(argv);
	}
	say("status %d", status);
}

int main(int argc, char **argv)
{
	static char program[] = "/sbin/modprobe", all[] = "-a", display[] = "bochs",
		    audio[] = "snd_hda_intel";
	char *const rivals[] = { program, all, display, audio, NULL };
	int status;

	if (argc > 1 && strcmp(argv[1], "floor") == 0 && getpid() != 1)
		return floor_main(argv + 2);
	if (getpid() != 1)
		return 2;
	argv++;
	say("started ns=%lld", now_ns());
	(void)setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	mount_all();
	/* Words that the kernel does not know come first. */
	while (*argv && argv[0][0] != '/')
		argv++;
	if (*argv)
		measure(argv);
	say_drivers("after");
	(void)run_timed(rivals, &status);
	say_drivers("end");
	say("end");
	(void)reboot(RB_AUTOBOOT);
	return 1;
}
