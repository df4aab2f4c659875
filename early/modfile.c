/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modfile.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/module.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MODULE_INIT_COMPRESSED_FILE /* since Linux 5.17; others answer EINVAL */
#define MODULE_INIT_COMPRESSED_FILE 4
#endif

int modfile_insert(int dir, const char *path, bool compressed)
{
	auto_close int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, "", compressed ? MODULE_INIT_COMPRESSED_FILE : 0) == 0 ||
	    errno == EEXIST)
		return 0;
	return -errno;
}
