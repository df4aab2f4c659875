/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kvmfr_node.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "attr.h"
#include "text.h"

#define IOC_SIZE 0x7544 /* _IO('u', 0x44): the size is the return value */
#define ALL_PERMISSIONS 07777

const char *kvmfr_node_path(unsigned int n, char buf[KVMFR_NODE_TEXT])
{
	(void)snprintf(buf, KVMFR_NODE_TEXT, "/" KVMFR_NODE, n % KVMFR_DEVICES);
	return buf;
}

bool kvmfr_loaded(const struct root *r)
{
	return root_exists(r, SYS_MODULES "/kvmfr") || root_exists(r, KVMFR_CLASS);
}

/* Without a newline; "" and -errno where there is none. */
static int read_attr(const struct root *r, unsigned int n, const char *name, char *buf, size_t size)
{
	char rel[64];
	auto_close int fd = -1;
	int len;

	buf[0] = '\0';
	(void)snprintf(rel, sizeof(rel), KVMFR_CLASS "/kvmfr%u/%s", n, name);
	fd = root_openat(r, rel, O_RDONLY | O_NONBLOCK);
	len = fd < 0 ? fd : attr_read_fd(fd, buf, size - 1);
	if (len < 0)
		return len;
	buf[len] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}

/* The node as it is, links not followed. */
static int node_stat(const struct root *r, unsigned int n, struct stat *st)
{
	char path[KVMFR_NODE_TEXT];
	auto_close int fd = root_openat(r, kvmfr_node_path(n, path) + 1, O_PATH | O_NOFOLLOW);

	if (fd < 0)
		return fd;
	return fstat(fd, st) < 0 ? -errno : 0;
}

/* The node carries the number that sysfs gives the module's device. */
static bool is_device(const struct stat *st, const char *number)
{
	char own[32];

	(void)snprintf(own, sizeof(own), "%u:%u", major(st->st_rdev), minor(st->st_rdev));
	return S_ISCHR(st->st_mode) && strcmp(own, number) == 0;
}

/* Our module says it in sysfs, any module by the ioctl. 0 where neither can be asked. */
static uint64_t device_size(const struct root *r, unsigned int n, const struct stat *st)
{
	char text[32], path[KVMFR_NODE_TEXT];
	auto_close int fd = -1;
	struct stat now;
	uint32_t bytes;
	int size = -1;

	if (read_attr(r, n, "size", text, sizeof(text)) == 0 &&
	    text_u32(text, UINT32_MAX, &bytes) == 0)
		return bytes;
	if (r->foreign)
		return 0;
	fd = root_openat(r, kvmfr_node_path(n, path) + 1, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	if (fd >= 0 && fstat(fd, &now) == 0 && S_ISCHR(now.st_mode) && now.st_rdev == st->st_rdev)
		size = ioctl(fd, IOC_SIZE, 0);
	return size > 0 ? (uint64_t)size : 0;
}

int kvmfr_node_inspect(const struct root *r, unsigned int n, struct kvmfr_node *node)
{
	char number[32];
	struct stat st;
	int err;

	memset(node, 0, sizeof(*node));
	node->in_sysfs = read_attr(r, n, "dev", number, sizeof(number)) == 0;
	err = node_stat(r, n, &st);
	if (err < 0)
		return err == -ENOENT ? 0 : err;
	node->kind = is_device(&st, number) ? KVMFR_DEVICE
		     : S_ISREG(st.st_mode)  ? KVMFR_FILE
					    : KVMFR_OTHER;
	node->uid = st.st_uid;
	node->gid = st.st_gid;
	node->mode = st.st_mode & ALL_PERMISSIONS;
	if (node->kind == KVMFR_DEVICE)
		node->size = device_size(r, n, &st);
	else if (node->kind == KVMFR_FILE)
		node->size = (uint64_t)st.st_size;
	return 0;
}

int kvmfr_node_give(const struct root *r, unsigned int n, uid_t uid, gid_t gid, mode_t mode)
{
	char path[KVMFR_NODE_TEXT];
	const char *rel = kvmfr_node_path(n, path) + 1;
	struct kvmfr_node node;
	int err = kvmfr_node_inspect(r, n, &node);

	if (err < 0 || node.kind != KVMFR_DEVICE || r->foreign)
		return err < 0 ? err : -ENODEV;
	if ((node.uid != uid || node.gid != gid) &&
	    fchownat(r->fd, rel, uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (node.mode != mode && fchmodat(r->fd, rel, mode, 0) < 0)
		return -errno;
	return 0;
}
