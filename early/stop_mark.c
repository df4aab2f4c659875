/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stop_mark.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_place(const struct root *root, const char *dir)
{
	return root_openat(root, dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

void stop_mark_set(const struct root *root, const char *dir)
{
	bool made = mkdirat(root->fd, dir, 0755) == 0;
	auto_close int place = open_place(root, dir);
	int fd;

	if (place < 0 || (made && fchmod(place, 0755) < 0))
		return;
	fd = openat(place, STOP_MARK, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd >= 0)
		(void)close(fd);
}

void stop_mark_clear(const struct root *root, const char *dir)
{
	auto_close int place = open_place(root, dir);

	if (place >= 0)
		(void)unlinkat(place, STOP_MARK, 0);
}

bool stop_mark_stands(const struct root *root, const char *dir)
{
	auto_close int place = open_place(root, dir);

	return place >= 0 && faccessat(place, STOP_MARK, F_OK, 0) == 0;
}
