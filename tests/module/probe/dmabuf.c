// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The dma-buf as a program sees it: which parts are exported, what a mapping of one shows.
 */
#include "probe.h"

#include "../../../module/kvmfr.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE (64 * MIB)
#define RW (PROT_READ | PROT_WRITE)

static void test_wishes(int fd)
{
	static const struct {
		uint64_t offset, size;
		const char *what;
	} bad[] = {
		{ 0, 0, "nothing" },
		{ SIZE, 0, "nothing, at the end" },
		{ 1, PAGE, "an odd offset" },
		{ 0, PAGE + 1, "an odd size" },
		{ 0, 1, "one byte" },
		{ 0, SIZE + PAGE, "a page too much" },
		{ SIZE, PAGE, "a page behind the end" },
		{ SIZE - PAGE, 2 * PAGE, "two pages over the end" },
		{ PAGE, UINT64_MAX - PAGE + 1, "a sum that wraps" },
		{ UINT64_MAX - PAGE + 1, PAGE, "the last page of all" },
		{ UINT64_MAX - PAGE + 1, 2 * PAGE, "a wrap" },
		{ 1ULL << 63, 1ULL << 63, "a large wrap" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		fails(export_part(fd, 1, bad[i].offset, bad[i].size), EINVAL, "export %s",
		      bad[i].what);
}

static void test_access(void)
{
	int reader = node_open(NODE, O_RDONLY), writer = node_open(NODE, O_WRONLY);

	fails(export_part(reader, 1, 0, PAGE), EACCES, "export by a reader");
	fails(export_part(writer, 1, 0, PAGE), EACCES, "export by a mere writer");
	equals(ioctl(reader, KVMFR_IOC_SIZE, 0), SIZE, "a reader may ask the size");
	close(reader);
	close(writer);
}

static void test_flags(int fd)
{
	static const struct {
		uint8_t flags;
		int cloexec;
	} all[] = { { 0, 0 }, { 1, FD_CLOEXEC }, { 2, 0 }, { 0xff, FD_CLOEXEC } };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		int buf = export_part(fd, all[i].flags, 0, PAGE);

		succeeds(buf, "export with flags %#x", all[i].flags);
		equals(fcntl(buf, F_GETFD), all[i].cloexec, "close-on-exec with flags %#x",
		       all[i].flags);
		close(buf);
	}
}

static void test_view(int fd, char *all)
{
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW };
	int buf = export_part(fd, 1, PAGE, 8 * MIB);
	char *view;

	succeeds(buf, "export 8 MiB");
	equals(lseek(buf, 0, SEEK_END), 8 * MIB, "the dma-buf knows its size");
	equals(fcntl(buf, F_GETFL) & O_ACCMODE, O_RDWR, "the dma-buf is for reading and writing");
	view = mmap(NULL, 8 * MIB, RW, MAP_SHARED, buf, 0);
	if (!check(view != MAP_FAILED, "map the dma-buf"))
		return;
	all[PAGE + 5] = 'd';
	all[8 * MIB + PAGE - 1] = 'e';
	check(view[5] == 'd' && view[8 * MIB - 1] == 'e', "it shows its part of the device");
	view[6] = 'f';
	equals(all[PAGE + 6], 'f', "the device shows what is written to it");
	madvise(view, 8 * MIB, MADV_DONTNEED);
	check(view[5] == 'd' && view[8 * MIB - 1] == 'e', "pages that were thrown out come back");
	fails(mremap(view, 8 * MIB, 9 * MIB, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0, EFAULT,
	      "grow it");
	munmap(view, 8 * MIB);

	view = mmap(NULL, PAGE, RW, MAP_SHARED, buf, PAGE);
	all[2 * PAGE] = 'g';
	equals(view[0], 'g', "its second page is the device's third");
	munmap(view, PAGE);
	fails(mmap(NULL, 8 * MIB + PAGE, RW, MAP_SHARED, buf, 0) == MAP_FAILED ? -1 : 0, EINVAL,
	      "map too much of it");
	fails(mmap(NULL, PAGE, RW, MAP_SHARED, buf, 8 * MIB) == MAP_FAILED ? -1 : 0, EINVAL,
	      "map behind its end");
	fails(mmap(NULL, PAGE, RW, MAP_PRIVATE, buf, 0) == MAP_FAILED ? -1 : 0, EINVAL,
	      "map a copy of it");
	succeeds(ioctl(buf, DMA_BUF_IOCTL_SYNC, &sync), "begin of access");
	sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW;
	succeeds(ioctl(buf, DMA_BUF_IOCTL_SYNC, &sync), "end of access");
	close(buf);
}

static void test_many(int fd)
{
	static int bufs[500];
	unsigned int have = 0;

	for (size_t i = 0; i < sizeof(bufs) / sizeof(*bufs); i++) {
		bufs[i] = export_part(fd, 1, i * 65536, 65536);
		have += bufs[i] >= 0;
	}
	equals(have, 500, "500 buffers at once");
	for (size_t i = 0; i < sizeof(bufs) / sizeof(*bufs); i++)
		close(bufs[i]);
}

void test_dmabuf(void)
{
	char *all;
	int fd;

	if (!loaded("static_size_mb=64"))
		return;
	fd = node_open(NODE, O_RDWR);
	all = node_map(fd, SIZE);
	log_mark();
	test_wishes(fd);
	test_access();
	test_flags(fd);
	test_view(fd, all);
	test_many(fd);
	equals(log_lines("kvmfr"), 0, "no export leaves a line in the log");
	munmap(all, SIZE);
	close(fd);
	unloaded("after the dma-bufs");
}
