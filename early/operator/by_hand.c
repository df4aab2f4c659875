/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operator/by_hand.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static int open_lock(const struct root *r, const char *where)
{
	auto_close int dir = -1;
	int fd;

	if (mkdirat(r->fd, where, 0755) < 0 && errno != EEXIST)
		return -errno;
	dir = root_openat(r, where, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	if (dir < 0)
		return dir;
	fd = openat(dir, LOCK_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd;
}

int by_hand_begin(const struct options *o, struct problems *problems)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd, err = 0;

	if (!o->root.foreign && geteuid() != 0) {
		problems_add(problems, EXIT_ENVIRONMENT, NULL, "this needs root: try sudo");
		return -EPERM;
	}
	fd = open_lock(&o->root, o->report_dir);
	if (fd >= 0 && fcntl(fd, F_SETLK, &all) < 0)
		err = errno == EACCES ? -EAGAIN : -errno;
	if (fd >= 0 && err == 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	else
		err = fd;
	problems_add(problems, EXIT_ENVIRONMENT, "/" REPORT_DIR "/" LOCK_FILE, "%s",
		     err == -EAGAIN ? "another vfio-early changes devices just now"
				    : strerror(-err));
	return err;
}
