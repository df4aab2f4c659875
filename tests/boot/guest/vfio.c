// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Asks VFIO itself: is this group viable, will a container take it, can a device be opened and
 * read? It knows the VFIO group interface of the kernel. It must not know vfio-early or its report.
 */
#include "facts.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define DMA_SIZE (1U << 20)

static void outcome(const char *group, const char *step, int rc)
{
	fact("vfio/%s/%s %s", group, step, rc < 0 ? strerror(errno) : "ok");
}

/* Reads vendor and device id through the VFIO device descriptor. */
static void probe_device(int group_fd, const char *bdf)
{
	struct vfio_region_info config = { .argsz = sizeof(config),
					   .index = VFIO_PCI_CONFIG_REGION_INDEX };
	uint16_t ids[2] = { 0, 0 };
	int fd = ioctl(group_fd, VFIO_GROUP_GET_DEVICE_FD, bdf);

	if (fd < 0) {
		fact("vfio/%s/config %s", bdf, strerror(errno));
		return;
	}
	if (ioctl(fd, VFIO_DEVICE_GET_REGION_INFO, &config) < 0 ||
	    pread(fd, ids, sizeof(ids), (off_t)config.offset) != (ssize_t)sizeof(ids))
		fact("vfio/%s/config %s", bdf, strerror(errno));
	else
		fact("vfio/%s/config %04x:%04x", bdf, ids[0], ids[1]);
	close(fd);
}

static void probe_members(int group_fd, const char *group)
{
	char pattern[128], driver_path[512], driver[64];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "/sys/kernel/iommu_groups/%s/devices/*", group);
	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		snprintf(driver_path, sizeof(driver_path), "%s/driver", found.gl_pathv[i]);
		link_name(driver_path, driver, sizeof(driver));
		if (strcmp(driver, "vfio-pci") == 0)
			probe_device(group_fd, strrchr(found.gl_pathv[i], '/') + 1);
	}
	globfree(&found);
}

static void probe_dma(int container, const char *group)
{
	void *memory =
		mmap(NULL, DMA_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = (uintptr_t)memory,
		.size = DMA_SIZE,
	};

	if (memory == MAP_FAILED) {
		outcome(group, "map", -1);
		return;
	}
	outcome(group, "map", ioctl(container, VFIO_IOMMU_MAP_DMA, &map));
	munmap(memory, DMA_SIZE);
}

static void probe_container(int group_fd, const char *group)
{
	int container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	int rc;

	if (container < 0) {
		outcome(group, "container", -1);
		return;
	}
	rc = ioctl(group_fd, VFIO_GROUP_SET_CONTAINER, &container);
	outcome(group, "container", rc);
	if (rc == 0) {
		rc = ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU);
		outcome(group, "iommu", rc);
		if (rc == 0) {
			probe_dma(container, group);
			probe_members(group_fd, group);
		}
	}
	close(container);
}

static void probe_group(const char *node)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	const char *group = strrchr(node, '/') + 1;
	int fd = open(node, O_RDWR | O_CLOEXEC);

	if (fd < 0) {
		fact("vfio/%s/viable %s", group, strerror(errno));
		return;
	}
	if (ioctl(fd, VFIO_GROUP_GET_STATUS, &status) < 0)
		fact("vfio/%s/viable %s", group, strerror(errno));
	else
		fact("vfio/%s/viable %s", group,
		     status.flags & VFIO_GROUP_FLAGS_VIABLE ? "yes" : "no");
	probe_container(fd, group);
	close(fd);
}

/* A group has a node as soon as one member is on a VFIO driver. */
void vfio_facts(void)
{
	glob_t found;

	if (glob("/dev/vfio/[0-9]*", 0, NULL, &found) != 0) {
		fact("vfio none");
		return;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		probe_group(found.gl_pathv[i]);
	globfree(&found);
}
