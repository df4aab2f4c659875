/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What other programs than QEMU and libvirt want: groups, nodes, and the devices in sysfs. */
#include "operator/show.h"

#include <stdio.h>

#include "operator/terminal.h"
#include "operator/vfio_node.h"

static void cell(const struct show *s, unsigned int width, const char *text)
{
	terminal_cell(s->out, false, LOOK_PLAIN, width, text);
	out_text(s->out, "  ");
}

static void device(const struct show *s, const struct pci_dev *dev)
{
	char addr[ADDR_TEXT], node[64] = "-", name[VFIO_NAME];

	addr_format(&dev->addr, addr);
	out_printf(s->out, "%5d  ", (int)dev->group);
	if (vfio_group_there(s->root, dev->group))
		(void)snprintf(node, sizeof(node), "/" VFIO_NODES "/%d", (int)dev->group);
	cell(s, 14, node);
	cell(s, 12, addr);
	cell(s, 12, dev->driver[0] ? dev->driver : "-");
	(void)snprintf(node, sizeof(node), "-");
	if (vfio_device_name(s->root, &dev->addr, name) == 0)
		(void)snprintf(node, sizeof(node), "/" VFIO_NODES "/devices/%s", name);
	cell(s, 24, node);
	out_printf(s->out, "/" PCI_DEVICES "/%s\n", addr);
}

void show_vfio(const struct show *s)
{
	const struct pci_dev *dev;
	char path[KVMFR_NODE_TEXT];
	unsigned int k;
	size_t i = 0;

	if (show_next(s, &i, &dev))
		out_text(s->out, "GROUP  GROUP NODE      ADDRESS       DRIVER        DEVICE NODE"
				 "               SYSFS\n");
	for (i = 0; show_next(s, &i, &dev);)
		device(s, dev);
	for (k = 0; k < s->memories; k++)
		out_printf(s->out, "%s  %llu bytes\n", kvmfr_node_path(s->memory[k].n, path),
			   (unsigned long long)s->memory[k].size);
	show_memory_note(s, "", "");
}
