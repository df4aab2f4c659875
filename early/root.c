/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

int root_open(struct root *r, const char *dir)
{
	size_t len;

	if (!dir)
		dir = "/";
	r->foreign = strcmp(dir, "/") != 0;
	r->fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (r->fd < 0)
		return -errno;
	len = strlen(dir);
	while (len && dir[len - 1] == '/')
		len--;
	r->prefix = strndup(dir, len);
	if (!r->prefix) {
		(void)close(r->fd);
		return -ENOMEM;
	}
	return 0;
}

int root_open_part(struct root *r, const char *dir)
{
	int err = root_open(r, dir);

	r->foreign = false;
	return err;
}

void root_close(struct root *r)
{
	if (r->fd >= 0)
		(void)close(r->fd);
	free(r->prefix);
	r->fd = -1;
	r->prefix = NULL;
}

/* openat2 keeps absolute links inside a recorded tree; kernels before 5.6 lack it. */
static int open_inside(int dir, const char *rel, int flags)
{
	struct open_how how = {
		.flags = (unsigned long long)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT,
	};

	return (int)syscall(SYS_openat2, dir, rel, &how, sizeof(how));
}

int root_openat(const struct root *r, const char *rel, int flags)
{
	int fd = -1;

	errno = ENOSYS;
	if (r->foreign)
		fd = open_inside(r->fd, rel, flags);
	if (fd < 0 && errno == ENOSYS)
		fd = openat(r->fd, rel, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int root_open_regular(const struct root *r, const char *rel)
{
	struct stat st;
	int fd = root_openat(r, rel, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	int err = 0;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		err = -errno;
	else if (S_ISDIR(st.st_mode))
		err = -EISDIR;
	else if (!S_ISREG(st.st_mode))
		err = -ENOTSUP;
	if (err < 0)
		(void)close(fd);
	return err < 0 ? err : fd;
}

int root_opendir(const struct root *r, const char *rel, DIR **dir)
{
	int fd = root_openat(r, rel, O_RDONLY | O_DIRECTORY);

	*dir = fd < 0 ? NULL : fdopendir(fd);
	if (*dir)
		return 0;
	if (fd >= 0)
		(void)close(fd);
	return fd < 0 ? fd : -ENOMEM;
}

int root_path(const struct root *r, const char *rel, char *buf, size_t size)
{
	int n = snprintf(buf, size, "%s/%s", r->prefix, rel);

	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

bool root_exists(const struct root *r, const char *rel)
{
	auto_close int fd = root_openat(r, rel, O_PATH);

	return fd >= 0;
}

/* The real path that a descriptor stands for. Its length, or -1. */
static ssize_t real_path(int fd, char path[PATH_MAX])
{
	char link[32];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, PATH_MAX - 1);
	path[n > 0 ? n : 0] = '\0';
	return n;
}

bool root_holds(const struct root *r, int dir, const char *name)
{
	char top[PATH_MAX], real[PATH_MAX];
	auto_close int fd = -1;
	ssize_t len;

	if (!r->foreign)
		return true;
	fd = openat(dir, name, O_PATH | O_CLOEXEC);
	len = real_path(r->fd, top);
	if (fd < 0 || len <= 0 || real_path(fd, real) <= len)
		return false;
	return strncmp(real, top, (size_t)len) == 0 && real[len] == '/';
}
