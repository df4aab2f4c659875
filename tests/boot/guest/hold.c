// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Opens a device through VFIO and never lets go: whoever unbinds it now waits in the kernel.
 * It stands for a host driver that hangs in unbind. It must not know vfio-early.
 */
#include "facts.h"

#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

int hold_device(const char *bdf)
{
	char path[128], group[16];
	int container, group_fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", bdf);
	link_name(path, group, sizeof(group));
	snprintf(path, sizeof(path), "/dev/vfio/%s", group);
	container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	group_fd = open(path, O_RDWR | O_CLOEXEC);
	if (ioctl(group_fd, VFIO_GROUP_SET_CONTAINER, &container) < 0 ||
	    ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) < 0 ||
	    ioctl(group_fd, VFIO_GROUP_GET_DEVICE_FD, bdf) < 0) {
		perror("guest: hold");
		return 1;
	}
	printf("guest: holds %s\n", bdf);
	(void)fflush(stdout);
	for (;;)
		pause();
}
