/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first process of the module's tests: loads kvmfr in many ways and says of each expectation
 * whether it holds, one line each on a private channel. What is shared between its files. Sizes are
 * in bytes where nothing is said.
 */
#ifndef PROBE_H
#define PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MIB (1024UL * 1024UL)
#define PAGE 4096UL
#define NODE "/dev/kvmfr0"
#define CLASS "/sys/class/kvmfr"

/* say.c: the channel. Every check is one line, `ok NAME` or `not ok NAME: got ..., expected ...`.
 */
int say_open(const char *tty);
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool check(bool good, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* rc is what a system call returned. */
bool succeeds(long rc, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool fails(long rc, int expected, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool equals(long long got, long long expected, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool same_text(const char *got, const char *expected, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void say_end(void);

/* read.c: small readers; "" or -1 where there is nothing. */
const char *text_of(const char *path, char *buf, size_t size);
long long number_of(const char *path);
long long field_of(const char *path, const char *key);
bool exists(const char *path);
bool kernel_word(const char *key, char *buf, size_t size);

/* log.c: the kernel log since the last mark. */
void log_mark(void);
unsigned int log_lines(const char *part);
/* Is there one line of kvmfr since then, and has it this part? */
bool log_only(const char *part);
/* Has a line of this boot this part? */
bool log_has(const char *part);
void log_splats(void);

/* watch.c: a kernel that watches itself */
void test_watchers(void);

/* load.c: rc is 0 or a negative errno. */
int load_file(const char *path, const char *parameters);
int load(const char *parameters);
int unload(void);
void load_needed(void);
/* Loads with these parameters, and says so; false: skip what needs it. */
bool loaded(const char *parameters);
void unloaded(const char *what);

/* node.c and others: what tests share */
int node_open(const char *path, int flags);
void *node_map(int fd, size_t size);
int export_part(int fd, uint8_t flags, uint64_t offset, uint64_t size);
/* Physical runs of a mapping, and how many whole aligned chunks of 2 MiB are in it. */
unsigned long physical_runs(const void *address, size_t size, unsigned long *chunks);

/* importers.c: what a kernel driver sees of a dma-buf */
enum look { LOOK_NOT, LOOK_CPU, LOOK_DEVICE };
struct seen {
	uint32_t entries, longest, copied;
	uint8_t first, last;
};
/* The driver has the dma-buf in entries of at most limit bytes, 0: of any length. See importer.c.
 */
int import(int fd, enum look look, uint32_t limit, struct seen *seen);
int vgem_open(void);
int vgem_import(int card, int fd);
int vgem_close(int card, int handle);

/* vfio.c: a container with one group in it, or -1. Opened once. */
int vfio_container(void);
int vfio_map(int container, void *address, size_t size, uint64_t at);
int vfio_unmap(int container, size_t size, uint64_t at);

/* The groups of tests. */
void test_parameters(void);
void test_births(void);
void test_node(void);
void test_mappings(void);
void test_dmabuf(void);
void test_importers(void);
void test_copies(void);
void test_vfio(void);
void test_lifetime(void);
void test_races(void);
void test_memory(void);
void test_nested(void);
void bench(void);

#endif
