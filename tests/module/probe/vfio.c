// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Maps the device for DMA through VFIO, as QEMU does with the memory of an ivshmem device beside a
 * card. It knows VFIO's type 1 interface, and takes the one display device of 1234:1111 that sits
 * behind a port.
 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE (64 * MIB)
#define DEVICE "/sys/bus/pci/devices/0000:01:00.0"

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		say("# cannot write %s to %s: %s", text, path, strerror(errno));
	if (fd >= 0)
		close(fd);
}

static int group_open(void)
{
	char link[256], path[300];
	ssize_t n;

	write_text(DEVICE "/driver_override", "vfio-pci\n");
	write_text("/sys/bus/pci/drivers_probe", "0000:01:00.0\n");
	n = readlink(DEVICE "/iommu_group", link, sizeof(link) - 1);
	link[n > 0 ? n : 0] = '\0';
	snprintf(path, sizeof(path), "/dev/vfio%s",
		 strrchr(link, '/') ? strrchr(link, '/') : "/none");
	return open(path, O_RDWR | O_CLOEXEC);
}

int vfio_container(void)
{
	static int container = -1;
	static int group;

	if (container >= 0)
		return container;
	group = group_open();
	container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (group < 0 || container < 0 || ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) < 0 ||
	    ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) < 0)
		return -1;
	return container;
}

int vfio_map(int container, void *address, size_t size, uint64_t at)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = (uintptr_t)address,
		.iova = at,
		.size = size,
	};

	return ioctl(container, VFIO_IOMMU_MAP_DMA, &map);
}

int vfio_unmap(int container, size_t size, uint64_t at)
{
	struct vfio_iommu_type1_dma_unmap unmap = { .argsz = sizeof(unmap),
						    .iova = at,
						    .size = size };
	int rc = ioctl(container, VFIO_IOMMU_UNMAP_DMA, &unmap);

	if (rc == 0 && unmap.size != size) {
		errno = EIO;
		return -1;
	}
	return rc;
}

void test_vfio(void)
{
	int container = vfio_container(), fd, buf;
	char *all, *part;

	if (!succeeds(container, "a VFIO container") || !loaded("static_size_mb=64"))
		return;
	fd = node_open(NODE, O_RDWR);
	all = node_map(fd, SIZE);
	all[0] = 'v';
	succeeds(vfio_map(container, all, SIZE, 0), "VFIO maps the whole device");
	succeeds(vfio_unmap(container, SIZE, 0), "VFIO unmaps it");
	succeeds(vfio_map(container, all, SIZE, 1ULL << 32), "VFIO maps it above 4 GiB");
	succeeds(vfio_unmap(container, SIZE, 1ULL << 32), "VFIO unmaps it there");
	buf = export_part(fd, 1, 0, 2 * MIB);
	part = mmap(NULL, 2 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, buf, 0);
	succeeds(vfio_map(container, part, 2 * MIB, 0), "VFIO maps a mapping of a dma-buf");
	succeeds(vfio_unmap(container, 2 * MIB, 0), "VFIO unmaps that");
	munmap(part, 2 * MIB);
	close(buf);

	/* Still pinned when the module goes: the last to let go frees the pages. */
	succeeds(vfio_map(container, all, SIZE, 0), "VFIO maps it and keeps it");
	munmap(all, SIZE);
	close(fd);
	unloaded("while VFIO has its pages");
	succeeds(vfio_unmap(container, SIZE, 0), "VFIO unmaps pages of a module that is gone");
}
