// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Measures one kvmfr module, and another one if the image has it, in the same machine: no verdict,
 * one line a figure.
 */
#include "probe.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define SIZE (128 * MIB)
#define ROUNDS 9
#define RW (PROT_READ | PROT_WRITE)

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void figure(const char *module, const char *name, double *rounds)
{
	qsort(rounds, ROUNDS, sizeof(*rounds), by_size);
	say("figure %s %s %.3f %.3f %.3f", module, name, rounds[ROUNDS / 2], rounds[0],
	    rounds[ROUNDS - 1]);
}

static void figure_one(const char *module, const char *name, double value)
{
	say("figure %s %s %.3f %.3f %.3f", module, name, value, value, value);
}

static void measure_map(const char *module, int fd)
{
	double map[ROUNDS], touch[ROUNDS], unmap[ROUNDS], start;

	for (int i = 0; i < ROUNDS; i++) {
		volatile char *bytes;
		void *view;

		start = now();
		view = node_map(fd, SIZE);
		map[i] = now() - start;
		bytes = view;
		for (size_t at = 0; at < SIZE; at += PAGE)
			bytes[at] = 1;
		touch[i] = now() - start;
		start = now();
		munmap(view, SIZE);
		unmap[i] = now() - start;
	}
	figure(module, "mmap", map);
	figure(module, "mmap-and-touch", touch);
	figure(module, "munmap", unmap);
}

static void measure_export(const char *module, int fd)
{
	static int bufs[1000];
	double create[ROUNDS], vgem[ROUNDS], start;
	struct seen seen = { 0 };
	int card = vgem_open(), buf;

	for (int i = 0; i < ROUNDS; i++) {
		start = now();
		for (unsigned int each = 0; each < 1000; each++)
			bufs[each] = export_part(fd, 1, each * 65536UL, 65536);
		create[i] = now() - start;
		for (unsigned int each = 0; each < 1000; each++)
			close(bufs[each]);
	}
	figure(module, "export-1000-of-64K", create);
	for (int i = 0; i < ROUNDS; i++) {
		start = now();
		close(export_part(fd, 1, 0, SIZE));
		create[i] = now() - start;
		buf = export_part(fd, 1, 0, 8 * MIB);
		start = now();
		vgem_close(card, vgem_import(card, buf));
		vgem[i] = now() - start;
		close(buf);
	}
	figure(module, "export-128M", create);
	figure(module, "import-8M", vgem);
	buf = export_part(fd, 1, 0, 8 * MIB);
	if (import(buf, LOOK_NOT, 0, &seen) == 0)
		figure_one(module, "sg-entries-of-8M", seen.entries);
	close(buf);
	close(card);
}

static void measure_vfio(const char *module, char *all)
{
	double map[ROUNDS], unmap[ROUNDS], start;
	int container = vfio_container();

	if (container < 0)
		return;
	for (int i = 0; i < ROUNDS; i++) {
		start = now();
		if (vfio_map(container, all, SIZE, 0) < 0)
			return;
		map[i] = now() - start;
		start = now();
		vfio_unmap(container, SIZE, 0);
		unmap[i] = now() - start;
	}
	figure(module, "vfio-map", map);
	figure(module, "vfio-unmap", unmap);
}

static void measure(const char *module, const char *file)
{
	double start = now();
	unsigned long chunks;
	char *all;
	int fd, rc;

	rc = load_file(file, "static_size_mb=128");
	if (!check(rc == 0, "load %s", module))
		return;
	figure_one(module, "load", now() - start);
	fd = node_open(NODE, O_RDWR);
	measure_map(module, fd);
	measure_export(module, fd);
	all = node_map(fd, SIZE);
	memset(all, 1, SIZE);
	figure_one(module, "physical-runs", (double)physical_runs(all, SIZE, &chunks));
	measure_vfio(module, all);
	munmap(all, SIZE);
	close(fd);
	start = now();
	check(unload() == 0, "unload %s", module);
	figure_one(module, "unload", now() - start);
}

/*
 * Each twice, and the second module between the loads of the first one: what a load finds of free
 * memory depends on the loads before it, and the first one of a boot pays for that.
 */
void bench(void)
{
	bool two = exists("/other.ko");

	measure("ours", "/kvmfr.ko");
	for (int i = 0; two && i < 2; i++)
		measure("other", "/other.ko");
	measure("ours", "/kvmfr.ko");
}
