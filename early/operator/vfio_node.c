/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operator/vfio_node.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

int vfio_device_name(const struct root *r, const struct pci_addr *a, char name[VFIO_NAME])
{
	char addr[ADDR_TEXT], rel[sizeof(PCI_DEVICES) + ADDR_TEXT + 16];
	struct dirent *e;
	DIR *dir;
	int n = 0;

	addr_format(a, addr);
	(void)snprintf(rel, sizeof(rel), PCI_DEVICES "/%s/vfio-dev", addr);
	if (root_opendir(r, rel, &dir) < 0)
		return -ENOENT;
	while (n == 0 && (e = readdir(dir)))
		if (strncmp(e->d_name, "vfio", 4) == 0)
			n = snprintf(name, VFIO_NAME, "%s", e->d_name);
	(void)closedir(dir);
	return n > 0 && n < VFIO_NAME ? 0 : -ENOENT;
}

bool vfio_group_there(const struct root *r, int32_t number)
{
	char rel[sizeof(VFIO_NODES) + 16];

	(void)snprintf(rel, sizeof(rel), VFIO_NODES "/%d", (int)number);
	return root_exists(r, rel);
}
