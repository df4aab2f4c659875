// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Mappings of the node: which are given, what they show, and what physical memory is behind them.
 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE (64 * MIB)
#define RW (PROT_READ | PROT_WRITE)

/* rc of an mmap that is undone at once. */
static long maps(int fd, size_t size, int protection, int flags, off_t offset)
{
	void *address = mmap(NULL, size, protection, flags, fd, offset);

	if (address == MAP_FAILED)
		return -1;
	munmap(address, size);
	return 0;
}

static void test_bounds(int fd, int reader)
{
	succeeds(maps(fd, SIZE, RW, MAP_SHARED, 0), "map all");
	succeeds(maps(fd, 100, RW, MAP_SHARED, 0), "map 100 bytes");
	succeeds(maps(fd, PAGE, RW, MAP_SHARED, SIZE - PAGE), "map the last page");
	succeeds(maps(fd, SIZE - PAGE, RW, MAP_SHARED, PAGE), "map all but the first page");
	succeeds(maps(fd, SIZE, PROT_NONE, MAP_SHARED, 0), "map without access");
	succeeds(maps(fd, SIZE, RW, MAP_SHARED | MAP_POPULATE, 0), "map populated");
	succeeds(maps(fd, SIZE, RW, MAP_SHARED | MAP_LOCKED, 0), "map locked");
	fails(maps(fd, SIZE + PAGE, RW, MAP_SHARED, 0), EINVAL, "map a page too much");
	fails(maps(fd, SIZE, RW, MAP_SHARED, PAGE), EINVAL, "map all from the second page");
	fails(maps(fd, PAGE, RW, MAP_SHARED, SIZE), EINVAL, "map behind the end");
	fails(maps(fd, PAGE, RW, MAP_SHARED, 1LL << 40), EINVAL, "map far behind the end");
	fails(maps(fd, 2 * PAGE, RW, MAP_SHARED, SIZE - PAGE), EINVAL, "map over the end");
	fails(maps(fd, SIZE, RW, MAP_PRIVATE, 0), EINVAL, "map a copy");
	fails(maps(reader, SIZE, PROT_READ, MAP_PRIVATE, 0), EINVAL, "map a copy to read");
	fails(maps(reader, SIZE, RW, MAP_SHARED, 0), EACCES,
	      "map a read-only descriptor for writing");
	succeeds(maps(reader, SIZE, PROT_READ, MAP_SHARED, 0),
		 "map a read-only descriptor for reading");
}

static void test_reader(char *all, int reader)
{
	char *view = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, reader, 0);

	if (!check(view != MAP_FAILED, "a reader maps"))
		return;
	all[SIZE - 1] = 'r';
	equals(view[SIZE - 1], 'r', "a reader sees what is written");
	fails(mprotect(view, SIZE, RW), EACCES, "a reader's mapping cannot be made writable");
	munmap(view, SIZE);
}

static void test_remap(int fd)
{
	char *view = mmap(NULL, 4 * PAGE, RW, MAP_SHARED, fd, 0), *moved;

	view[PAGE] = 'm';
	fails(mremap(view, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0, EFAULT,
	      "grow a mapping");
	fails(mremap(view, 4 * PAGE, SIZE + PAGE, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0, EFAULT,
	      "grow a mapping past the end");
	fails(mremap(view, 0, SIZE + PAGE, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0, EFAULT,
	      "copy a mapping larger than it is");
	moved = mremap(view, 4 * PAGE, 2 * PAGE, 0);
	check(moved == view && view[PAGE] == 'm', "shrink a mapping");
	moved = mmap(NULL, 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	moved = mremap(view, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, moved);
	if (check(moved != MAP_FAILED, "move a mapping")) {
		equals(moved[PAGE], 'm', "a moved mapping shows the same");
		munmap(moved, 2 * PAGE);
	}
}

/* The kernel does it by a new mapping in the old one's place, which is gone after a failure. */
static void test_window(int fd)
{
	char *view = mmap(NULL, 4 * PAGE, RW, MAP_SHARED, fd, 0);

	fails(remap_file_pages(view, 4 * PAGE, 0, SIZE / PAGE - 1, 0), EINVAL,
	      "move a mapping's window over the end");
	munmap(view, 4 * PAGE);
}

static void test_thrown_out(int fd)
{
	char *view = mmap(NULL, SIZE / 2, RW, MAP_SHARED, fd, SIZE / 2);

	view[0] = 'a';
	view[SIZE / 2 - 1] = 'z';
	succeeds(madvise(view, SIZE / 2, MADV_DONTNEED), "throw pages out of a mapping");
	check(view[0] == 'a' && view[SIZE / 2 - 1] == 'z', "they come back with their content");
	munmap(view, SIZE / 2);
}

static void test_processes(char *all)
{
	int status = 0;
	pid_t child;

	all[1234567] = 1;
	child = fork();
	if (child == 0) {
		int fd = open(NODE, O_RDWR);
		char *own = node_map(fd, SIZE);
		bool good = own != MAP_FAILED && own[1234567] == 1 && all[1234567] == 1;

		own[7654321] = 2;
		all[7654322] = 3;
		_exit(good ? 0 : 1);
	}
	waitpid(child, &status, 0);
	equals(status, 0, "another process sees what this one wrote");
	check(all[7654321] == 2 && all[7654322] == 3, "this one sees what the other wrote");
}

static void test_pages(char *all)
{
	char text[65536], line[64], copy[16] = "", *at;
	struct iovec here = { copy, sizeof(copy) }, there = { all + PAGE, sizeof(copy) };
	unsigned long chunks, runs = physical_runs(all, SIZE, &chunks);

	check(runs <= 2 * (SIZE / (2 * MIB)), "at most 64 physical runs in 64 MiB (%lu)", runs);
	equals(number_of(CLASS "/kvmfr0/chunks"), (long long)chunks,
	       "sysfs says the number of physical chunks");
	check(chunks >= 24, "most of 64 MiB is in whole chunks (%lu of 32)", chunks);

	memcpy(all + PAGE, "get_user_pages", sizeof("get_user_pages"));
	equals(process_vm_readv(getpid(), &here, 1, &there, 1, 0), sizeof(copy),
	       "the kernel can take a page");
	same_text(copy, "get_user_pages", "it reads the same");

	snprintf(line, sizeof(line), "%lx-", (unsigned long)all);
	text_of("/proc/self/smaps", text, sizeof(text));
	at = strstr(text, line);
	at = at ? strstr(at, "VmFlags:") : NULL;
	if (!at) {
		check(false, "smaps has the mapping");
		return;
	}
	at[strcspn(at, "\n")] = '\0';
	check(strstr(at, " de") && strstr(at, " dd") && !strstr(at, " pf"),
	      "it does not expand, is not dumped, has pages (%s)", at);
}

static void test_advice(char *all)
{
	succeeds(madvise(all, SIZE, MADV_HUGEPAGE), "MADV_HUGEPAGE, as QEMU does");
	succeeds(madvise(all, SIZE, MADV_DONTFORK), "MADV_DONTFORK, as QEMU does");
	succeeds(madvise(all, SIZE, MADV_MERGEABLE), "MADV_MERGEABLE, as QEMU does");
	succeeds(madvise(all, SIZE, MADV_DONTDUMP), "MADV_DONTDUMP, as QEMU does");
}

void test_mappings(void)
{
	int fd, reader;
	char *all;

	if (!loaded("static_size_mb=64"))
		return;
	fd = node_open(NODE, O_RDWR);
	reader = node_open(NODE, O_RDONLY);
	log_mark();
	test_bounds(fd, reader);
	all = node_map(fd, SIZE);
	test_pages(all);
	test_reader(all, reader);
	test_remap(fd);
	test_window(fd);
	test_thrown_out(fd);
	test_processes(all);
	test_advice(all);
	memset(all, 0x5a, SIZE);
	munmap(all, SIZE);
	close(fd);
	close(reader);

	fd = node_open(NODE, O_RDWR);
	all = node_map(fd, SIZE);
	check(all[0] == 0x5a && all[SIZE / 2] == 0x5a && all[SIZE - 1] == 0x5a,
	      "content survives the last close");
	munmap(all, SIZE);
	close(fd);
	equals(log_lines("kvmfr"), 0, "no mapping leaves a line in the log");
	unloaded("after the mappings");
}
