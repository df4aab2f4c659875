// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unloading: refused as long as anybody uses a device, whole afterwards.
 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SIZE (64 * MIB)
#define RW (PROT_READ | PROT_WRITE)

static void used(const char *how)
{
	fails(unload(), EAGAIN, "unload while %s", how);
}

static void test_uses(void)
{
	char *view;
	int fd, buf, sysfs;

	if (!loaded("static_size_mb=64,1"))
		return;
	sysfs = open(CLASS "/kvmfr0/size", O_RDONLY | O_CLOEXEC);
	fd = node_open(NODE, O_RDONLY);
	used("open");
	close(fd);

	fd = node_open(NODE, O_RDWR);
	view = node_map(fd, SIZE);
	close(fd);
	used("mapped, closed");
	view[SIZE - 1] = 1;
	munmap(view, SIZE);

	fd = node_open(NODE, O_RDWR);
	buf = export_part(fd, 1, 0, MIB);
	close(fd);
	used("exported, closed");
	view = mmap(NULL, MIB, RW, MAP_SHARED, buf, 0);
	close(buf);
	used("a dma-buf is mapped, closed");
	view[MIB - 1] = 1;
	munmap(view, MIB);

	fd = node_open("/dev/kvmfr1", O_RDWR);
	view = node_map(fd, PAGE);
	close(fd);
	if (fork() == 0) {
		view[0] = 1;
		usleep(300000);
		_exit(0);
	}
	munmap(view, PAGE);
	used("a child has it mapped");
	wait(NULL);
	unloaded("after the last use");
	char byte;
	fails(read(sysfs, &byte, 1), ENODEV, "a file of sysfs that stayed open");
	close(sysfs);
	check(!exists(NODE) && !exists("/dev/kvmfr1") && !exists(CLASS), "nothing is left");
}

static void test_imported(void)
{
	int card = vgem_open(), fd, buf, handle;

	if (!loaded("static_size_mb=4"))
		return;
	fd = node_open(NODE, O_RDWR);
	buf = export_part(fd, 1, 0, MIB);
	handle = vgem_import(card, buf);
	close(buf);
	close(fd);
	used("imported, closed");
	vgem_close(card, handle);
	close(card);
	unloaded("after the import");
}

static long long free_kib(void)
{
	usleep(50000);
	return field_of("/proc/meminfo", "MemFree:");
}

static bool load_and_unload(unsigned int times)
{
	bool good = true;

	for (unsigned int i = 0; i < times; i++) {
		char *view;
		int fd;

		good = load("static_size_mb=64,32") == 0 && good;
		fd = node_open(NODE, O_RDWR);
		view = node_map(fd, SIZE);
		view[0] = 1;
		close(export_part(fd, 1, 0, MIB));
		munmap(view, SIZE);
		close(fd);
		good = unload() == 0 && good;
	}
	return good;
}

/* The kernel keeps some 20 MiB of freed pages at hand; a chunk lost each time would be 48 MiB. */
static void test_returned(void)
{
	long long before, after;

	check(load_and_unload(8), "load and unload 8 times");
	before = free_kib();
	check(load_and_unload(24), "and 24 times more");
	after = free_kib();
	check(before - after < 40LL * 1024, "all memory is returned (%lld KiB less free)",
	      before - after);
}

void test_lifetime(void)
{
	test_uses();
	test_imported();
	test_returned();
}

/* Opens, maps and exports as fast as it can, as long as the node is there. */
static void hammer(unsigned int seed)
{
	for (unsigned int i = seed;; i++) {
		int fd = open(NODE, i % 5 ? O_RDWR : O_RDONLY), buf;
		char *view;

		if (fd < 0)
			continue;
		view = node_map(fd, MIB);
		buf = export_part(fd, 1, PAGE * (i % 16), PAGE * (1 + i % 8));
		if (i % 3)
			close(fd);
		if (view != MAP_FAILED)
			view[PAGE * (i % 256)] = 1;
		if (buf >= 0)
			close(buf);
		if (view != MAP_FAILED)
			munmap(view, MIB);
		if (i % 3 == 0)
			close(fd);
	}
}

void test_races(void)
{
	pid_t children[4];
	unsigned int loads = 0, unloads = 0, busy = 0;
	time_t end = time(NULL) + 3;
	int rc;

	for (unsigned int i = 0; i < 4; i++) {
		children[i] = fork();
		if (children[i] == 0)
			hammer(i * 7);
	}
	while (time(NULL) < end) {
		loads += load("static_size_mb=1,1") == 0;
		rc = unload();
		unloads += rc == 0;
		busy += rc == -EAGAIN;
		usleep(1000);
	}
	for (unsigned int i = 0; i < 4; i++) {
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
	unload();
	check(loads > 0 && unloads + busy > 0,
	      "loaded and unloaded among four users (%u loads, %u unloads, %u refused)", loads,
	      unloads, busy);
	check(!exists(NODE), "nothing is left of it");
}
