/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The floor: the override writes and the finit_module() calls, and nothing else. No method that
 * ends with the same devices on vfio-pci can make the kernel do less.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

#define COMPRESSED 4 /* MODULE_INIT_COMPRESSED_FILE */

static int override(const char *address)
{
	static const char driver[] = "vfio-pci";
	char path[80];
	int fd;

	(void)snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver_override", address);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, driver, sizeof(driver) - 1) < 0)
		return -1;
	return close(fd);
}

int load_file(const char *path)
{
	size_t len = strlen(path);
	long flags = len > 3 && strcmp(path + len - 3, ".xz") == 0 ? COMPRESSED : 0;
	int fd = open(path, O_RDONLY);
	long r;

	if (fd < 0)
		return -1;
	r = syscall(SYS_finit_module, fd, "", flags);
	(void)close(fd);
	return (int)r;
}

int floor_main(char **argv)
{
	int r = 0;

	for (; *argv; argv++)
		r |= **argv == '/' ? load_file(*argv) : override(*argv);
	return r ? 1 : 0;
}
