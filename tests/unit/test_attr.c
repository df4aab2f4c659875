/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading and writing small files: what fits, what does not, and what must never block. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "attr.h"
#include "unit.h"

static char folder[64];
static int dir = -1;

static int setup(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/vfio-early-attr-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	static const char *const names[] = { "a", "fifo", "link", "chain" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(names); i++)
		(void)unlinkat(dir, names[i], 0);
	(void)unlinkat(dir, "dir", AT_REMOVEDIR);
	(void)close(dir);
	return rmdir(folder);
}

static void put(const char *text, size_t len)
{
	int fd = openat(dir, "a", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write_all(fd, text, len), 0);
	(void)close(fd);
}

/* Reads "a" into a buffer of that size. */
static int get(char *buf, size_t size)
{
	memset(buf, '#', size);
	return attr_read(dir, "a", buf, size);
}

static void reads(void **state)
{
	char buf[8];

	(void)state;
	put("vfio\n", 5);
	assert_int_equal(get(buf, sizeof(buf)), 4);
	assert_string_equal(buf, "vfio");
	put("", 0);
	assert_int_equal(get(buf, sizeof(buf)), 0);
	assert_string_equal(buf, "");
	put("\n", 1);
	assert_int_equal(get(buf, sizeof(buf)), 0);
	put("a\n\n", 3);
	assert_int_equal(get(buf, sizeof(buf)), 2);
	assert_string_equal(buf, "a\n");
	put("a\0b", 3);
	assert_int_equal(get(buf, sizeof(buf)), 3);
	put("1234567", 7);
	assert_int_equal(get(buf, sizeof(buf)), 7);
	assert_string_equal(buf, "1234567");
	put("12345678", 8);
	assert_int_equal(get(buf, sizeof(buf)), -E2BIG);
	put("123456789", 9);
	assert_int_equal(get(buf, sizeof(buf)), -E2BIG);
}

static void reads_no_file(void **state)
{
	char buf[8];

	(void)state;
	assert_int_equal(attr_read(dir, "nothing", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(mkdirat(dir, "dir", 0755), 0);
	assert_int_equal(attr_read(dir, "dir", buf, sizeof(buf)), -EISDIR);
	assert_int_equal(attr_read(-1, "a", buf, sizeof(buf)), -EBADF);
}

/* A FIFO that somebody put in the way must not hold the boot. */
static void fifo_does_not_block(void **state)
{
	char buf[8];

	(void)state;
	assert_int_equal(mkfifoat(dir, "fifo", 0644), 0);
	(void)alarm(5);
	assert_true(attr_read(dir, "fifo", buf, sizeof(buf)) <= 0);
	assert_int_equal(attr_write(dir, "fifo", "x"), -ENXIO);
	(void)alarm(0);
}

/* A pipe gives its bytes one by one: a short read is not the end. */
static void short_reads(void **state)
{
	char buf[8];
	int fds[2];
	int child, i;

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		for (i = 0; i < 5; i++) {
			(void)!write(fds[1], &"hello"[i], 1);
			(void)usleep(2000);
		}
		_exit(0);
	}
	(void)close(fds[1]);
	assert_int_equal(attr_read_fd(fds[0], buf, sizeof(buf)), 5);
	assert_memory_equal(buf, "hello", 5);
	(void)close(fds[0]);
}

static void writes(void **state)
{
	char buf[16];

	(void)state;
	put("old and long", 12);
	assert_int_equal(attr_write(dir, "a", "vfio-pci"), 0);
	assert_int_equal(get(buf, sizeof(buf)), 8);
	assert_string_equal(buf, "vfio-pci");
	assert_int_equal(attr_write(dir, "a", "\n"), 0);
	assert_int_equal(get(buf, sizeof(buf)), 0);
	/* Attributes are never made. */
	assert_int_equal(attr_write(dir, "nothing", "x"), -ENOENT);
	assert_int_equal(faccessat(dir, "nothing", F_OK, 0), -1);
	assert_int_equal(attr_write(AT_FDCWD, "/dev/full", "x"), -ENOSPC);
}

static void links(void **state)
{
	char buf[8];

	(void)state;
	assert_int_equal(symlinkat("../../drivers/nvme", dir, "link"), 0);
	assert_int_equal(attr_link_name(dir, "link", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "nvme");
	assert_int_equal(attr_link_name(dir, "link", buf, 4), -E2BIG);
	assert_int_equal(attr_link_name(dir, "link", buf, 5), 0);
	assert_int_equal(symlinkat("plain", dir, "chain"), 0);
	assert_int_equal(attr_link_name(dir, "chain", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "plain");
	assert_int_equal(attr_link_name(dir, "nothing", buf, sizeof(buf)), -ENOENT);
	put("x", 1);
	assert_int_equal(attr_link_name(dir, "a", buf, sizeof(buf)), -EINVAL);
}

static int hex(const char *text, uint32_t *value)
{
	put(text, strlen(text));
	return attr_read_hex(dir, "a", 0xffffff, value);
}

static void hex_numbers(void **state)
{
	uint32_t v = 0;

	(void)state;
	assert_int_equal(hex("0x10de\n", &v), 0);
	assert_int_equal(v, 0x10de);
	assert_int_equal(hex("030000", &v), 0);
	assert_int_equal(v, 0x030000);
	assert_int_equal(hex("0xffffff\n", &v), 0);
	assert_int_equal(hex("0x1000000\n", &v), -EINVAL);
	assert_int_equal(hex("", &v), -EINVAL);
	assert_int_equal(hex("\n", &v), -EINVAL);
	assert_int_equal(hex("0x10de x\n", &v), -EINVAL);
	assert_int_equal(hex("zz", &v), -EINVAL);
	assert_int_equal(hex("0x11111111111111111111", &v), -EINVAL);
	assert_int_equal(hex("0x1111111111111111111111111111111111111111", &v), -E2BIG);
	assert_int_equal(attr_read_hex(dir, "nothing", 1, &v), -ENOENT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(reads),  TEST(reads_no_file), TEST(fifo_does_not_block), TEST(short_reads),
	TEST(writes), TEST(links),	   TEST(hex_numbers),
};

int main(void)
{
	return RUN_TESTS(tests);
}
