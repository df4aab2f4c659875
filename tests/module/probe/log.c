// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel log says: lines since a mark, and whether the kernel complained anywhere in this
 * boot.
 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int marked = -1;

/* The first line of the next record, without its prefix. A record that was overwritten meanwhile is
 * no end. */
static bool record(int fd, char *buf, size_t size)
{
	ssize_t n = read(fd, buf, size - 1);
	char *text;

	while (n < 0 && errno == EPIPE)
		n = read(fd, buf, size - 1);
	if (n <= 0)
		return false;
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	text = strchr(buf, ';');
	if (text)
		memmove(buf, text + 1, strlen(text + 1) + 1);
	return true;
}

void log_mark(void)
{
	if (marked < 0)
		marked = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	lseek(marked, 0, SEEK_END);
}

unsigned int log_lines(const char *part)
{
	char text[4096];
	unsigned int count = 0;

	while (record(marked, text, sizeof(text)))
		count += strstr(text, part) != NULL;
	return count;
}

bool log_has(const char *part)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char text[4096];
	bool found = false;

	lseek(fd, 0, SEEK_SET);
	while (!found && record(fd, text, sizeof(text)))
		found = strstr(text, part) != NULL;
	close(fd);
	return found;
}

bool log_only(const char *part)
{
	char text[4096];
	unsigned int ours = 0, good = 0;

	while (record(marked, text, sizeof(text))) {
		ours += strstr(text, "kvmfr") != NULL;
		good += strstr(text, part) != NULL;
	}
	return ours == 1 && good == 1;
}

/*
 * Everything that the kernel says when something is wrong inside it. What it says of DMA is a
 * warning too.
 */
static bool is_splat(const char *text)
{
	static const char *const words[] = {
		"WARNING:",
		"BUG:",
		"BUG ",
		"Oops",
		"Call Trace",
		"Bad page",
		"Bad rss",
		"KASAN",
		"possible recursive",
		"circular locking",
		"inconsistent lock",
		"suspicious RCU",
		"still has locks",
		"ODEBUG",
		"UBSAN",
		"refcount_t",
		"general protection",
		"Unable to handle",
		"page dumped because",
		"invoked oom-killer",
		"leaked",
		"suspected memory leaks",
		"stalls on",
		"blocked for more than",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

void log_splats(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	unsigned int lines = 0, splats = 0;
	char text[4096];

	lseek(fd, 0, SEEK_SET);
	while (record(fd, text, sizeof(text))) {
		lines++;
		if (is_splat(text)) {
			splats++;
			say("# kernel: %s", text);
		}
	}
	close(fd);
	check(lines > 20 && splats == 0, "the kernel log of this boot has no complaint");
}
