/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operator/dropin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "attr.h"

#define DROPIN_MAX (1U << 20)
#define NEW_NAME "." DROPIN_NAME ".new" /* with a dot in front it is no drop-in */

int dropin_lock(const struct root *r)
{
	auto_close int etc = root_openat(r, POLICY_PARENT, O_PATH | O_DIRECTORY);
	int fd, err;

	if (etc < 0)
		return etc;
	if (mkdirat(etc, &POLICY_DIR[sizeof(POLICY_PARENT)], 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = root_openat(r, POLICY_DIR, O_RDONLY | O_DIRECTORY);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	err = -errno;
	(void)close(fd);
	return err;
}

/* What the file holds now: its length, 0 where there is none, or -errno. The caller frees it. */
static int read_old(int dir, char **text)
{
	auto_close int fd =
		openat(dir, DROPIN_NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	*text = NULL;
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	*text = malloc(DROPIN_MAX);
	return *text ? attr_read_fd(fd, *text, DROPIN_MAX) : -ENOMEM;
}

static int write_new(int dir, const char *old, size_t len, const char *line)
{
	auto_close int fd = -1;
	int err;

	(void)unlinkat(dir, NEW_NAME, 0); /* of a run that was ended in the middle */
	fd = openat(dir, NEW_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	err = write_all(fd, old, len);
	if (err == 0 && old && len && old[len - 1] != '\n')
		err = write_all(fd, "\n", 1);
	if (err == 0)
		err = write_all(fd, line, strlen(line));
	if (err == 0)
		err = write_all(fd, "\n", 1);
	/* Whatever the umask: everybody may read the policy. */
	if (err == 0 && (fchmod(fd, 0644) < 0 || fsync(fd) < 0))
		err = -errno;
	return err;
}

int dropin_append(int lock, const char *line)
{
	auto_free char *old = NULL;
	int len = read_old(lock, &old), err = len;

	if (len >= 0)
		err = write_new(lock, old, (size_t)len, line);
	if (err == 0 && renameat(lock, NEW_NAME, lock, DROPIN_NAME) < 0)
		err = -errno;
	if (err < 0)
		(void)unlinkat(lock, NEW_NAME, 0);
	else if (fsync(lock) < 0)
		err = -errno;
	return err;
}
