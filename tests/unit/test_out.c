/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The buffered writer, the kernel log's lines, and the list of problems. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "attr.h"
#include "log.h"
#include "out.h"
#include "problems.h"
#include "unit.h"

/* A file without a name, to look at what was written. */
static int scratch(void)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	return fd;
}

static const char *content(int fd)
{
	static char buf[65536];
	int n;

	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	n = attr_read_fd(fd, buf, sizeof(buf) - 1);
	assert_true(n >= 0);
	buf[n] = '\0';
	return buf;
}

static void numbers(void **state)
{
	int fd = scratch();
	struct out o;

	(void)state;
	out_start(&o, fd);
	out_number(&o, 0);
	out_text(&o, " ");
	out_number(&o, UINT64_MAX);
	out_text(&o, " ");
	out_hex(&o, 0x300, 4);
	out_text(&o, " ");
	out_hex(&o, 0x12345, 4);
	out_text(&o, " ");
	out_hex(&o, 0xabc, 16);
	out_text(&o, " ");
	out_hex(&o, 0xfedcba9876543210, 1);
	assert_int_equal(out_flush(&o), 0);
	assert_string_equal(content(fd), "0 18446744073709551615 0300 12345 0000000000000abc "
					 "fedcba9876543210");
	(void)close(fd);
}

static void escapes(void **state)
{
	int fd = scratch();
	struct out o;

	(void)state;
	out_start(&o, fd);
	out_key(&o, "key", "a\\b\nc\x1b\x7f\xc3\"=");
	out_json(&o, "a\\b\nc\x1b\x7f\xc3\"");
	out_json(&o, NULL);
	out_json(&o, "");
	out_printf(&o, "%d%s", 5, "x");
	assert_int_equal(out_flush(&o), 0);
	assert_string_equal(content(fd), "key=a\\\\b\\x0ac\\x1b\\x7f\\xc3\"=\n"
					 "\"a\\\\b\\u000ac\\u001b\\u007f\\u00c3\\\"\"null\"\"5x");
	(void)close(fd);
}

static void longer_than_the_buffer(void **state)
{
	int fd = scratch(), i;
	const char *got;
	struct out o;

	(void)state;
	out_start(&o, fd);
	for (i = 0; i < 10000; i++)
		out_text(&o, "abc");
	assert_int_equal(out_flush(&o), 0);
	assert_int_equal(out_flush(&o), 0);
	got = content(fd);
	assert_int_equal(strlen(got), 30000);
	for (i = 0; i < 30000; i++)
		assert_int_equal(got[i], "abc"[i % 3]);
	(void)close(fd);
}

static void first_error_sticks(void **state)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC), i;
	struct out o;

	(void)state;
	assert_true(fd >= 0);
	out_start(&o, fd);
	for (i = 0; i < 5000; i++)
		out_text(&o, "abc");
	assert_int_equal(o.error, -ENOSPC);
	o.fd = scratch();
	assert_int_equal(out_flush(&o), -ENOSPC);
	assert_string_equal(content(o.fd), "");
	(void)close(o.fd);
	(void)close(fd);
	out_start(&o, -1);
	out_text(&o, "x");
	assert_int_equal(out_flush(&o), -EBADF);
}

/* A full pipe takes a part of a write: the rest must follow. */
static void short_writes(void **state)
{
	char text[200000], got[200000];
	size_t n = 0;
	int fds[2];
	int child;

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	child = fork();
	if (child == 0)
		_exit(write_all(fds[1], text, sizeof(text)) == 0 ? 0 : 1);
	(void)close(fds[1]);
	for (;;) {
		ssize_t r = read(fds[0], got + n, 1000);

		assert_true(r >= 0 && n + (size_t)r <= sizeof(got));
		if (r == 0)
			break;
		n += (size_t)r;
	}
	assert_int_equal(n, sizeof(text));
	assert_memory_equal(got, text, sizeof(text));
	(void)close(fds[0]);
}

/* A tree whose dev/kmsg is a plain file. */
static struct root kmsg_root(char dir[64])
{
	struct root r;
	int fd;

	(void)snprintf(dir, 64, "/tmp/vfio-early-log-XXXXXX");
	assert_non_null(mkdtemp(dir));
	assert_int_equal(root_open(&r, dir), 0);
	assert_int_equal(mkdirat(r.fd, "dev", 0755), 0);
	fd = openat(r.fd, "dev/kmsg", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	(void)close(fd);
	return r;
}

static void remove_root(struct root *r, const char *dir)
{
	(void)unlinkat(r->fd, "dev/kmsg", 0);
	(void)unlinkat(r->fd, "dev", AT_REMOVEDIR);
	root_close(r);
	(void)rmdir(dir);
}

static void log_lines(void **state)
{
	char dir[64], text[600], buf[4096];
	struct root r = kmsg_root(dir);
	struct log l;
	int i, n;

	(void)state;
	memset(text, 'y', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_open(&l, &r);
	assert_true(l.kernel);
	errno = EXFULL;
	log_line(&l, LOG_ERR, "one\ntwo\x1b%s", "three");
	assert_int_equal(errno, EXFULL);
	log_line(&l, LOG_NOTICE, "%s", text);
	for (i = 0; i < 20; i++)
		log_line(&l, LOG_WARNING, "line %d", i);
	log_close(&l);
	n = attr_read(r.fd, "dev/kmsg", buf, sizeof(buf));
	assert_true(n > 0);
	assert_memory_equal(buf, "<3>vfio-early: one?two?three\n<5>vfio-early: yyy", 45);
	assert_non_null(strstr(buf, "\n<4>vfio-early: line 0\n"));
	assert_non_null(strstr(buf, "line 5"));
	assert_null(strstr(buf, "line 6"));
	for (i = 0, n = 1; buf[i]; i++)
		n += buf[i] == '\n';
	assert_int_equal(n, LOG_LINES);
	remove_root(&r, dir);
}

/* Without kmsg the lines go to standard error; a tree is no reason to complain about that. */
static void log_without_kmsg(void **state)
{
	int saved = dup(STDERR_FILENO), fd = scratch();
	char dir[64];
	struct root r = kmsg_root(dir);
	struct log l;

	(void)state;
	assert_int_equal(unlinkat(r.fd, "dev/kmsg", 0), 0);
	assert_true(dup2(fd, STDERR_FILENO) >= 0);
	log_open(&l, &r);
	log_line(&l, LOG_ERR, "hello");
	log_close(&l);
	r.foreign = false;
	log_open(&l, &r);
	log_close(&l);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	assert_string_equal(content(fd), "vfio-early: hello\nvfio-early: cannot open /dev/kmsg: No "
					 "such file or directory; writing to stderr\n");
	(void)close(saved);
	(void)close(fd);
	remove_root(&r, dir);
}

static void problems_are_bounded(void **state)
{
	static struct problems p;
	char text[600], place[600];
	unsigned int i;

	(void)state;
	memset(text, 'z', sizeof(text) - 1);
	memset(place, 'p', sizeof(place) - 1);
	text[sizeof(text) - 1] = place[sizeof(place) - 1] = '\0';
	problems_add(&p, EXIT_POLICY, "here:1", "%s is wrong", "x");
	problems_add(&p, EXIT_DONE, NULL, "no place");
	problems_add(&p, EXIT_POLICY, place, "%s", text);
	assert_string_equal(p.text[0], "here:1: x is wrong");
	assert_string_equal(p.text[1], "no place");
	assert_int_equal(strlen(p.text[2]), PROBLEM_TEXT - 1);
	assert_non_null(strstr(p.text[2], "p: z"));
	for (i = 0; i < 100; i++)
		problems_add(&p, EXIT_POLICY, NULL, "%u", i);
	assert_int_equal(p.kept, PROBLEMS_KEPT);
	assert_int_equal(p.count, 103);
	assert_int_equal(p.worst, EXIT_POLICY);
	problems_add(&p, EXIT_ENVIRONMENT, NULL, "not kept, but counted");
	assert_int_equal(p.worst, EXIT_ENVIRONMENT);
}

static void worse_status(void **state)
{
	static const enum exit_status order[] = { EXIT_DONE,	  EXIT_USAGE,	    EXIT_POLICY,
						  EXIT_UNCLAIMED, EXIT_ENVIRONMENT, EXIT_INTERNAL,
						  EXIT_STOP };
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(order); i++)
		for (k = 0; k < ARRAY_LEN(order); k++)
			assert_int_equal(status_worse(order[i], order[k]), order[i > k ? i : k]);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(escapes),
	cmocka_unit_test(numbers),
	cmocka_unit_test(longer_than_the_buffer),
	cmocka_unit_test(first_error_sticks),
	cmocka_unit_test(short_writes),
	cmocka_unit_test(log_lines),
	cmocka_unit_test(log_without_kmsg),
	cmocka_unit_test(problems_are_bounded),
	cmocka_unit_test(worse_status),
};

int main(void)
{
	return RUN_TESTS(tests);
}
