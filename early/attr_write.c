/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attr_write() alone in a file: --wrap, with which the tests replace it, does not reach calls
 * inside the same object.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "attr.h"

int attr_write(int dir, const char *rel, const char *value)
{
	auto_close int fd = openat(
		dir, rel, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t len = strlen(value);
	ssize_t n;

	if (fd < 0)
		return -errno;
	do
		n = write(fd, value, len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}
