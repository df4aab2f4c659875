/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does a second processor help? The command runs by turns, held to one processor and with all of
 * them, in one boot, so that a noisy host disturbs both alike. Between two turns all that is
 * undone: the devices of vfio-pci let go, every module out again.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

#define ROUNDS 10
#define DRIVER "/sys/bus/pci/drivers/vfio-pci"

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		say("problem write %s: %s", path, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
}

/* How many it had. */
static int release_devices(void)
{
	DIR *dir = opendir(DRIVER);
	const struct dirent *e;
	char path[300];
	int count = 0;

	while (dir && (e = readdir(dir))) {
		if (!strchr(e->d_name, ':'))
			continue;
		(void)snprintf(path, sizeof(path), "/sys/bus/pci/devices/%.60s/driver_override",
			       e->d_name);
		write_file(path, "\n");
		write_file(DRIVER "/unbind", e->d_name);
		count++;
	}
	if (dir)
		(void)closedir(dir);
	return count;
}

/* The newest comes first in this list, so what needs another is out before it. */
static void unload_modules(void)
{
	FILE *list = fopen("/proc/modules", "re");
	char name[100];

	while (list && fscanf(list, "%99s%*[^\n]", name) == 1)
		if (syscall(SYS_delete_module, name, 0) < 0)
			say("problem unload %s: %s", name, strerror(errno));
	if (list)
		(void)fclose(list);
}

static void use_processors(int one)
{
	cpu_set_t set;
	int i;

	CPU_ZERO(&set);
	for (i = 0; i < (one ? 1 : CPU_SETSIZE); i++)
		CPU_SET(i, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		say("problem processors: %s", strerror(errno));
}

static long long turn(char *const *argv, int one, int *status)
{
	long long ns;

	use_processors(one);
	ns = run_timed(argv, status);
	use_processors(0);
	return ns;
}

void run_by_turns(char *const *argv, int *status)
{
	long long ns[2];
	int i, one, devices = 0;

	for (i = 0; i < ROUNDS; i++) {
		for (one = 0; one < 2; one++) {
			if (devices)
				unload_modules();
			ns[one] = turn(argv, one, status);
			if (i < ROUNDS - 1 || !one)
				devices = release_devices();
			if (ns[one] < 0 || *status || !devices)
				return;
		}
		say("turn one=%lld all=%lld", ns[1], ns[0]);
	}
}
