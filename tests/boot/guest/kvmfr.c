// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * States what there is of kvmfr: how many devices sysfs has, and for each node its owner, mode,
 * size, whether its memory was clear, and whether another process sees what one writes.
 * It knows the device's ioctl for the size. It must not know which module made it.
 */
#include "facts.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define IOC_SIZE 0x7544
#define DEVICES 10

static unsigned char *map_device(const char *path, size_t *size)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	int bytes = fd < 0 ? -1 : ioctl(fd, IOC_SIZE, 0);
	void *map = MAP_FAILED;

	if (bytes > 0) {
		*size = (size_t)bytes;
		map = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	}
	if (fd >= 0)
		close(fd);
	return map == MAP_FAILED ? NULL : map;
}

/* In a process of its own, with a descriptor of its own. */
static void write_ends(const char *path)
{
	size_t size;
	unsigned char *map;
	pid_t pid = fork();

	if (pid == 0) {
		map = map_device(path, &size);
		if (map) {
			map[0] = 0x5a;
			map[size - 1] = 0xa5;
		}
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void memory_facts(unsigned int n, const char *path)
{
	size_t size = 0, i, other = 0;
	unsigned char *map = map_device(path, &size);

	fact("kvmfr/%u/size %zu", n, size);
	if (!map)
		return;
	for (i = 0; i < size; i += 512)
		other += map[i] != 0;
	fact("kvmfr/%u/clear %s", n, other ? "no" : "yes");
	write_ends(path);
	fact("kvmfr/%u/shared %s", n, map[0] == 0x5a && map[size - 1] == 0xa5 ? "yes" : "no");
	munmap(map, size);
}

static int count_devices(void)
{
	DIR *dir = opendir("/sys/class/kvmfr");
	struct dirent *entry;
	int count = 0;

	while (dir && (entry = readdir(dir)))
		count += strncmp(entry->d_name, "kvmfr", 5) == 0;
	if (dir)
		closedir(dir);
	return count;
}

void kvmfr_facts(void)
{
	char path[32], text[128];
	struct stat st;

	fact("kvmfr/devices %d", count_devices());
	read_text("/sys/module/kvmfr/initstate", text, sizeof(text));
	fact("kvmfr/module %s", text[0] ? text : "none");
	for (unsigned int n = 0; n < DEVICES; n++) {
		snprintf(path, sizeof(path), "/dev/kvmfr%u", n);
		if (lstat(path, &st) != 0)
			continue;
		fact("kvmfr/%u/kind %s", n,
		     S_ISCHR(st.st_mode)   ? "device"
		     : S_ISREG(st.st_mode) ? "file"
					   : "other");
		fact("kvmfr/%u/mode %04o", n, (unsigned int)st.st_mode & 07777);
		fact("kvmfr/%u/owner %u:%u", n, (unsigned int)st.st_uid, (unsigned int)st.st_gid);
		if (S_ISCHR(st.st_mode))
			memory_facts(n, path);
	}
}
