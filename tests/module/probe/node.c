// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an open node answers: ioctl of both word sizes, seek, and the calls that it has not.
 */
#include "probe.h"

#include "../../../module/kvmfr.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE (64 * MIB)

int node_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		say("not ok open %s: %s", path, strerror(errno));
	return fd;
}

void *node_map(int fd, size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

int export_part(int fd, uint8_t flags, uint64_t offset, uint64_t size)
{
	struct kvmfr_dmabuf wish = { .flags = flags, .offset = offset, .size = size };

	memset(wish.unused, 0xa5, sizeof(wish.unused));
	return ioctl(fd, KVMFR_IOC_DMABUF, &wish);
}

/* The way of a 32-bit program into the kernel. Memory and numbers must fit 32 bits. */
static long ioctl32(int fd, unsigned int number, unsigned long arg)
{
#ifdef __x86_64__
	long rc;

	__asm__ volatile("int $0x80"
			 : "=a"(rc)
			 : "a"(54L), "b"((long)fd), "c"((long)number), "d"(arg)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)rc;
#else
	return ioctl(fd, number, arg);
#endif
}

static void test_ioctl(int fd)
{
	char word[8];

	equals(KVMFR_IOC_SIZE, 0x7544, "number of the size ioctl");
	equals(KVMFR_IOC_DMABUF, 0x40187542, "number of the dma-buf ioctl");
	equals(sizeof(struct kvmfr_dmabuf), 24, "size of its struct");
	equals(ioctl(fd, 0x7544, 0), SIZE, "the size ioctl gives the size");
	equals(ioctl(fd, 0x7544, 1), SIZE, "the size ioctl ignores its argument");
	fails(ioctl(fd, _IO('u', 0x43), 0), ENOTTY, "another number");
	fails(ioctl(fd, _IO('u', 0), 0), ENOTTY, "number 0");
	fails(ioctl(fd, _IO('u', 0x42), 0), ENOTTY, "the dma-buf number without its size");
	fails(ioctl(fd, 0x40187542, 8), EFAULT, "a struct that is not there");
	if (kernel_word("test_compat", word, sizeof(word)) && strcmp(word, "no") == 0)
		return;
	equals(ioctl32(fd, 0x7544, 0), SIZE, "the size ioctl of a 32-bit program");
}

static void test_export32(int fd)
{
	struct kvmfr_dmabuf *wish = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long rc;

	wish->size = PAGE;
	rc = ioctl32(fd, 0x40187542, (unsigned long)wish);
	succeeds(rc, "the dma-buf ioctl of a 32-bit program");
	if (rc >= 0)
		close((int)rc);
	wish->size = 1;
	fails(ioctl32(fd, 0x40187542, (unsigned long)wish), EINVAL,
	      "a bad one of a 32-bit program");
	munmap(wish, PAGE);
}

static void test_seek(int fd)
{
	equals(lseek(fd, 0, SEEK_END), SIZE, "the end is at the size");
	equals(lseek(fd, -4096, SEEK_END), SIZE - 4096, "seek back from the end");
	equals(lseek(fd, 0, SEEK_SET), 0, "seek to the begin");
	equals(lseek(fd, 4096, SEEK_CUR), 4096, "seek from here");
	fails(lseek(fd, SIZE + 1, SEEK_SET), EINVAL, "seek past the end");
	fails(lseek(fd, -1, SEEK_SET), EINVAL, "seek before the begin");
	fails(lseek(fd, 0, 99), EINVAL, "seek with an unknown origin");
}

static void test_missing(int fd)
{
	struct pollfd event = { .fd = fd, .events = POLLIN | POLLOUT };
	char text[16] = "";

	fails(read(fd, text, sizeof(text)), EINVAL, "read");
	fails(pread(fd, text, sizeof(text), 0), EINVAL, "pread");
	fails(write(fd, text, sizeof(text)), EINVAL, "write");
	fails(fsync(fd), EINVAL, "fsync");
	fails(ftruncate(fd, SIZE), EINVAL, "ftruncate");
	fails(fallocate(fd, 0, 0, SIZE), ENODEV, "fallocate");
	equals(poll(&event, 1, 0), 1, "poll is ready at once");
}

/* Leaves most of the free memory full of something, as the kernel was told not to clear it itself.
 */
static void make_dirty(void)
{
	size_t size = 600 * MIB;
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		void *all = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				 -1, 0);

		if (all == MAP_FAILED)
			_exit(1);
		memset(all, 0xa5, size);
		_exit(0);
	}
	waitpid(child, &status, 0);
	equals(status, 0, "600 MiB of memory are dirty now");
}

static void test_zero(int fd)
{
	uint64_t *words = node_map(fd, SIZE);
	size_t i = 0;

	if (!check(words != MAP_FAILED, "map the whole device"))
		return;
	while (i < SIZE / sizeof(*words) && words[i] == 0)
		i++;
	equals(i, SIZE / sizeof(*words), "every word is 0 at first");
	munmap(words, SIZE);
}

void test_node(void)
{
	char word[8];
	int fd, second;

	make_dirty();
	if (!loaded("static_size_mb=64"))
		return;
	fd = node_open(NODE, O_RDWR);
	second = node_open(NODE, O_RDWR | O_EXCL);
	log_mark();
	test_zero(fd);
	test_ioctl(fd);
	if (!kernel_word("test_compat", word, sizeof(word)) || strcmp(word, "no") != 0)
		test_export32(fd);
	test_seek(fd);
	test_missing(fd);
	equals(lseek(second, 0, SEEK_CUR), 0, "a second descriptor has its own position");
	equals(log_lines("kvmfr"), 0, "no call leaves a line in the log");
	close(fd);
	close(second);
	unloaded("after the calls");
}
