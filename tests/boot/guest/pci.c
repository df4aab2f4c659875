// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * States every PCI device as the running kernel shows it, and takes snapshots to compare.
 * It knows /sys/bus/pci. It must not know who bound a device, or why.
 */
#include "facts.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

#define DEVICES "/sys/bus/pci/devices/*"

static void attr(const char *dev, const char *name, char *buf, size_t size)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", dev, name);
	read_text(path, buf, size);
}

static void link_of(const char *dev, const char *name, char *buf, size_t size)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", dev, name);
	link_name(path, buf, size);
}

/* "-" keeps a line's words countable where sysfs shows nothing. */
static const char *or_dash(const char *text)
{
	return text[0] ? text : "-";
}

static void device_facts(const char *dev)
{
	const char *bdf = strrchr(dev, '/') + 1;
	char vendor[16], device[16], class[16], driver[64], group[64], text[64];

	attr(dev, "vendor", vendor, sizeof(vendor));
	attr(dev, "device", device, sizeof(device));
	attr(dev, "class", class, sizeof(class));
	link_of(dev, "driver", driver, sizeof(driver));
	link_of(dev, "iommu_group", group, sizeof(group));
	/* sysfs writes 0x1234 and 0x030000; the tests speak of 1234 and 0300. */
	fact("pci/%s/id %.4s:%.4s", bdf, vendor + 2, device + 2);
	fact("pci/%s/class %.4s", bdf, class + 2);
	fact("pci/%s/driver %s", bdf, or_dash(driver));
	fact("pci/%s/group %s", bdf, or_dash(group));
	attr(dev, "driver_override", text, sizeof(text));
	fact("pci/%s/override %s", bdf, strcmp(text, "(null)") ? or_dash(text) : "-");
	attr(dev, "boot_vga", text, sizeof(text));
	fact("pci/%s/boot_vga %s", bdf, or_dash(text));
}

void pci_facts(void)
{
	glob_t found;

	if (glob(DEVICES, 0, NULL, &found) != 0) {
		fact("pci none");
		return;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		device_facts(found.gl_pathv[i]);
	globfree(&found);
}

/* Driver and override of every device, one line each; returns the bytes used. */
size_t pci_snapshot(char *buf, size_t size)
{
	glob_t found;
	size_t used = 0;

	buf[0] = '\0';
	if (glob(DEVICES, 0, NULL, &found) != 0)
		return 0;
	for (size_t i = 0; i < found.gl_pathc && used < size; i++) {
		char driver[64], text[64];

		link_of(found.gl_pathv[i], "driver", driver, sizeof(driver));
		attr(found.gl_pathv[i], "driver_override", text, sizeof(text));
		used += (size_t)snprintf(buf + used, size - used, "%s %s %s\n",
					 strrchr(found.gl_pathv[i], '/') + 1, or_dash(driver),
					 or_dash(text));
	}
	globfree(&found);
	return used;
}
