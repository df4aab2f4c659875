/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "attr.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

/* Links in sysfs lead from device to device: a name for each bridge between. */
#define LINK_TEXT 1024

int attr_read_fd(int fd, char *buf, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, buf + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return (int)len;
		len += (size_t)n;
	}
	return -E2BIG;
}

/* A sysfs attribute comes whole with the first read, so there is no second one to see its end. */
int attr_read(int dir, const char *rel, char *buf, size_t size)
{
	auto_close int fd = openat(dir, rel, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t len;

	if (fd < 0)
		return -errno;
	do
		len = read(fd, buf, size);
	while (len < 0 && errno == EINTR);
	if (len < 0)
		return -errno;
	if ((size_t)len == size)
		return -E2BIG;
	if (len && buf[len - 1] == '\n')
		len--;
	buf[len] = '\0';
	return (int)len;
}

int attr_link_name(int dir, const char *rel, char *buf, size_t size)
{
	char target[LINK_TEXT];
	ssize_t n = readlinkat(dir, rel, target, sizeof(target) - 1);
	const char *name;
	size_t len;

	if (n < 0)
		return -errno;
	if ((size_t)n == sizeof(target) - 1)
		return -E2BIG; /* the end may be missing */
	target[n] = '\0';
	name = strrchr(target, '/');
	name = name ? name + 1 : target;
	len = strlen(name);
	if (len >= size)
		return -E2BIG;
	memcpy(buf, name, len + 1);
	return 0;
}

int attr_read_hex(int dir, const char *rel, uint32_t max, uint32_t *value)
{
	char buf[32];
	char *end;
	unsigned long v;
	int r = attr_read(dir, rel, buf, sizeof(buf));

	if (r < 0)
		return r;
	errno = 0;
	v = strtoul(buf, &end, 16);
	if (errno || end == buf || *end || v > max)
		return -EINVAL;
	*value = (uint32_t)v;
	return 0;
}

int write_all(int fd, const char *buf, size_t len)
{
	while (len) {
		ssize_t n = write(fd, buf, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO;
		buf += n;
		len -= (size_t)n;
	}
	return 0;
}
