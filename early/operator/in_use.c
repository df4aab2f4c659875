/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operator/in_use.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "attr.h"
#include "operator/vfio_node.h"
#include "text.h"

struct numbers {
	dev_t *number;
	size_t used;
};

/* A "dev" attribute: "511:0". One that is not there is none. */
static void add_number(struct numbers *n, int dir, const char *rel)
{
	char text[32], *colon;
	uint32_t major_part, minor_part;

	if (attr_read(dir, rel, text, sizeof(text)) < 0)
		return;
	colon = strchr(text, ':');
	if (!colon)
		return;
	*colon = '\0';
	if (text_u32(text, UINT32_MAX, &major_part) == 0 &&
	    text_u32(colon + 1, UINT32_MAX, &minor_part) == 0)
		n->number[n->used++] = makedev(major_part, minor_part);
}

/* The node that a device has for itself: DEVICE/vfio-dev/vfio0/dev. */
static void add_device(struct numbers *n, const struct root *r, const struct pci_dev *d)
{
	char addr[ADDR_TEXT], name[VFIO_NAME];
	char rel[sizeof(PCI_DEVICES) + ADDR_TEXT + VFIO_NAME + 20];

	if (vfio_device_name(r, &d->addr, name) < 0)
		return;
	addr_format(&d->addr, addr);
	(void)snprintf(rel, sizeof(rel), PCI_DEVICES "/%s/vfio-dev/%s/dev", addr, name);
	add_number(n, r->fd, rel);
}

static void add_process(struct in_use *u, int process, uint32_t pid)
{
	u->open = true;
	if (u->processes < IN_USE_KEPT) {
		u->process[u->processes].pid = pid;
		if (attr_read(process, "comm", u->process[u->processes].name, PROCESS_NAME) < 0)
			u->process[u->processes].name[0] = '\0';
	}
	u->processes++;
}

/* Only what says that it is of VFIO is looked at: stat() on a file of a dead server would wait. */
static bool is_one_of(const struct numbers *n, int fds, const char *name)
{
	char target[256];
	ssize_t len = readlinkat(fds, name, target, sizeof(target) - 1);
	struct stat st;
	size_t i;

	target[len > 0 ? len : 0] = '\0';
	if (!strstr(target, "vfio/") || fstatat(fds, name, &st, 0) < 0 || !S_ISCHR(st.st_mode))
		return false;
	for (i = 0; i < n->used; i++)
		if (st.st_rdev == n->number[i])
			return true;
	return false;
}

static int look_process(struct in_use *u, const struct numbers *n, int proc, const char *name,
			uint32_t pid)
{
	auto_close int process = openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = process < 0 ? -1 : openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *e;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		if (fd >= 0)
			(void)close(fd);
		return errno == ENOENT || errno == ESRCH ? 0 : -errno; /* it has ended */
	}
	while ((e = readdir(dir))) {
		if (!is_one_of(n, fd, e->d_name))
			continue;
		add_process(u, process, pid);
		break;
	}
	(void)closedir(dir);
	return 0;
}

static int look_processes(struct in_use *u, const struct root *r, const struct numbers *n)
{
	DIR *dir;
	int err = root_opendir(r, PROC, &dir), last;
	struct dirent *e;
	uint32_t pid;

	if (err < 0)
		return err;
	while ((e = readdir(dir))) {
		if (text_u32(e->d_name, INT32_MAX, &pid) < 0)
			continue;
		last = look_process(u, n, dirfd(dir), e->d_name, pid);
		if (err == 0)
			err = last;
	}
	(void)closedir(dir);
	return err;
}

/* The kernel opens a group once: a second open is EBUSY. */
static bool kernel_says_open(const struct root *r, int32_t number)
{
	char rel[sizeof(VFIO_NODES) + 16];
	int fd;

	if (r->foreign)
		return false;
	(void)snprintf(rel, sizeof(rel), VFIO_NODES "/%d", (int)number);
	fd = root_openat(r, rel, O_RDWR | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0)
		(void)close(fd);
	return fd == -EBUSY;
}

int in_use_look(struct in_use *u, const struct root *r, const struct group *g)
{
	char rel[sizeof(VFIO_CLASS) + 32];
	auto_free dev_t *number = calloc(g->members + 1, sizeof(*number));
	struct numbers n = { .number = number };
	size_t i;
	int err;

	memset(u, 0, sizeof(*u));
	if (!number)
		return -ENOMEM;
	(void)snprintf(rel, sizeof(rel), VFIO_CLASS "/%d/dev", (int)g->number);
	add_number(&n, r->fd, rel);
	for (i = 0; i < g->members; i++)
		add_device(&n, r, group_dev(g, i));
	err = n.used ? look_processes(u, r, &n) : 0;
	u->open |= kernel_says_open(r, g->number);
	return u->open ? 0 : err;
}
