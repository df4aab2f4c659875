// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loads and unloads kernel modules from the files of the image, in the order their names have
 * there.
 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int load_file(const char *path, const char *parameters)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return -errno;
	rc = syscall(SYS_finit_module, fd, parameters, 0) < 0 ? -errno : 0;
	close(fd);
	return rc;
}

int load(const char *parameters)
{
	return load_file("/kvmfr.ko", parameters);
}

int unload(void)
{
	return syscall(SYS_delete_module, "kvmfr", O_NONBLOCK) < 0 ? -errno : 0;
}

/* What the kernel needs before the tests, each after what it needs itself. */
void load_needed(void)
{
	glob_t found;

	if (glob("/modules/*.ko", 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		int rc = load_file(found.gl_pathv[i], "");

		if (rc)
			say("# %s: %s", found.gl_pathv[i], strerror(-rc));
	}
	globfree(&found);
}

bool loaded(const char *parameters)
{
	int rc = load(parameters);

	return check(rc == 0, "load %s%s%s", parameters, rc ? ": " : "", rc ? strerror(-rc) : "");
}

void unloaded(const char *what)
{
	int rc = unload();

	check(rc == 0, "unload %s%s%s", what, rc ? ": " : "", rc ? strerror(-rc) : "");
}
