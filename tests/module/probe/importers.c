// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The dma-buf as a kernel driver sees it: Debian's vgem, and our own importer, which tells more.
 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE (64 * MIB)

/* From the kernel's drm.h; its package is not everywhere. */
struct prime_handle {
	uint32_t handle, flags;
	int32_t fd;
};
struct gem_close {
	uint32_t handle, pad;
};
#define PRIME_FD_TO_HANDLE _IOWR('d', 0x2e, struct prime_handle)
#define GEM_CLOSE _IOW('d', 0x09, struct gem_close)

int import(int fd, enum look look, uint32_t limit, struct seen *seen)
{
	struct {
		int32_t fd;
		uint32_t look, limit;
		struct seen seen;
	} talk = { .fd = fd, .look = look, .limit = limit };
	int device = open("/dev/importer", O_RDWR | O_CLOEXEC), rc;

	if (device < 0)
		return -1;
	rc = ioctl(device, _IO('i', 1), &talk);
	close(device);
	*seen = talk.seen;
	return rc;
}

int vgem_open(void)
{
	char path[32], link[256];

	for (int i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "/sys/class/drm/card%d/device", i);
		ssize_t n = readlink(path, link, sizeof(link) - 1);

		link[n > 0 ? n : 0] = '\0';
		if (!strstr(link, "vgem"))
			continue;
		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		return open(path, O_RDWR | O_CLOEXEC);
	}
	errno = ENODEV;
	return -1;
}

int vgem_import(int card, int fd)
{
	struct prime_handle prime = { .fd = fd };

	return ioctl(card, PRIME_FD_TO_HANDLE, &prime) < 0 ? -1 : (int)prime.handle;
}

int vgem_close(int card, int handle)
{
	struct gem_close gem = { .handle = (uint32_t)handle };

	return ioctl(card, GEM_CLOSE, &gem);
}

static void test_vgem(int fd)
{
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW };
	int card = vgem_open(), buf = export_part(fd, 1, 0, 8 * MIB), handle;

	if (!succeeds(card, "open vgem's card"))
		return;
	handle = vgem_import(card, buf);
	succeeds(handle, "vgem imports 8 MiB");
	succeeds(ioctl(buf, DMA_BUF_IOCTL_SYNC, &sync), "begin of access while it is imported");
	sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW;
	succeeds(ioctl(buf, DMA_BUF_IOCTL_SYNC, &sync), "end of access while it is imported");
	succeeds(vgem_close(card, handle), "vgem lets go");
	handle = vgem_import(card, buf);
	succeeds(handle, "vgem imports it again");
	vgem_close(card, handle);
	close(buf);
	close(card);
}

void test_importers(void)
{
	struct seen seen = { 0 };
	char *all;
	int fd, buf;

	if (!loaded("static_size_mb=64"))
		return;
	fd = node_open(NODE, O_RDWR);
	all = node_map(fd, SIZE);
	log_mark();
	test_vgem(fd);

	buf = export_part(fd, 1, 4 * MIB, 8 * MIB);
	all[4 * MIB] = 'k';
	all[12 * MIB - 1] = 'l';
	succeeds(import(buf, LOOK_CPU, 0, &seen), "a driver imports 8 MiB");
	check(seen.entries > 0 && seen.entries <= 8, "in at most 8 entries (%u)", seen.entries);
	check(seen.first == 'k' && seen.last == 'l', "it reads what the program wrote");
	equals(all[4 * MIB], 'k' + 1, "the program reads what it wrote");
	succeeds(import(buf, LOOK_NOT, 65536, &seen), "a driver that takes 64 KiB in a row");
	equals(seen.longest, 65536, "its longest entry has 64 KiB");
	close(buf);

	buf = export_part(fd, 1, SIZE - PAGE, PAGE);
	succeeds(import(buf, LOOK_CPU, 0, &seen), "a driver imports the last page");
	equals(seen.entries, 1, "in one entry");
	equals(all[SIZE - PAGE], 1, "and writes to it");
	close(buf);
	equals(log_lines("kvmfr"), 0, "no import leaves a line in the log");
	munmap(all, SIZE);
	close(fd);
	unloaded("after the imports");
}

/* In a machine where every device reaches memory through copies: who is told of the other's turn
 * sees its bytes. */
void test_copies(void)
{
	struct seen seen = { 0 };
	char *all;
	int fd, buf;

	if (!loaded("static_size_mb=64"))
		return;
	fd = node_open(NODE, O_RDWR);
	all = node_map(fd, SIZE);
	buf = export_part(fd, 1, 4 * MIB, 8 * MIB);
	succeeds(import(buf, LOOK_DEVICE, 0, &seen), "a driver imports 8 MiB through copies");
	equals(seen.copied, 1, "they are copies");
	equals(seen.first, 'd', "the processor sees what the device wrote");
	equals(seen.last, 'c', "the device sees what the processor wrote");
	equals(all[4 * MIB], 'c', "so does the program");
	close(buf);
	test_vgem(fd);
	munmap(all, SIZE);
	close(fd);
	unloaded("after the copies");
}
