/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree DIR COUNT: writes the sysfs of a machine with so many PCI devices below DIR. Two functions a
 * slot and a slot a group; 32 slots a bus, 256 buses a domain; the first eight slots are displays.
 * No driver has those in slot 4; vfio-pci is loaded. It knows how the kernel lays sysfs out, and
 * what lspci reads of it.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FREE_SLOT 4

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* Makes the folder at the path, and those above it. */
static void folder(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void folder(const char *format, ...)
{
	char path[300], *slash;
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(path, sizeof(path), format, ap);
	va_end(ap);
	for (slash = path; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		(void)mkdir(path, 0755);
		*slash = '/';
	}
	(void)mkdir(path, 0755);
}

static void file(const char *dir, const char *name, const char *text, size_t len)
{
	char path[400];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		fail(path);
	(void)close(fd);
}

static void line(const char *dir, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void line(const char *dir, const char *name, const char *format, ...)
{
	char text[200];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	file(dir, name, text, (size_t)n);
}

static void link_to(const char *path, const char *target)
{
	if (symlink(target, path) < 0)
		fail(path);
}

/* The first bytes of the configuration space, as lspci wants them. */
static void config(const char *dir, unsigned int device, unsigned int class)
{
	unsigned char c[64] = { 0xde, 0x10 };

	c[2] = (unsigned char)device;
	c[3] = (unsigned char)(device >> 8);
	c[10] = (unsigned char)(class >> 8);
	c[11] = (unsigned char)(class >> 16);
	c[14] = 0x80;
	c[44] = 0xde;
	c[45] = 0x10;
	c[46] = 1;
	file(dir, "config", (const char *)c, sizeof(c));
}

static void attributes(const char *dir, unsigned int slot, unsigned int function)
{
	unsigned int device = 0x1000 + (slot % 64) * 2 + function;
	unsigned int class = function ? 0x040300 : slot < 8 ? 0x030000 : 0x020000;
	static const char resource[] = "0x0000000000000000 0x0000000000000000 0x0000000000000000\n";

	line(dir, "vendor", "0x10de\n");
	line(dir, "device", "0x%04x\n", device);
	line(dir, "subsystem_vendor", "0x10de\n");
	line(dir, "subsystem_device", "0x0001\n");
	line(dir, "class", "0x%06x\n", class);
	line(dir, "modalias", "pci:v000010DEd%08Xsv000010DEsd00000001bc%02Xsc%02Xi%02X\n", device,
	     class >> 16, class >> 8 & 0xff, class & 0xff);
	line(dir, "driver_override", "(null)\n");
	line(dir, "reset_method", "flr bus\n");
	line(dir, "irq", "0\n");
	line(dir, "resource", "%s%s%s%s%s%s%s", resource, resource, resource, resource, resource,
	     resource, resource);
	if (class >> 16 == 3)
		line(dir, "boot_vga", "%d\n", slot == 0);
	config(dir, device, class);
}

static void add(const char *sys, unsigned int i)
{
	unsigned int slot = i / 2, function = i % 2;
	unsigned int domain = slot / 8192, bus = slot / 32 % 256;
	const char *driver = function ? "snd_hda_intel" : slot < 8 ? "nouveau" : "e1000e";
	char addr[40], dir[200], path[300], target[300];

	(void)snprintf(addr, sizeof(addr), "%04x:%02x:%02x.%u", domain, bus, slot % 32, function);
	(void)snprintf(dir, sizeof(dir), "%s/devices/pci%04x:%02x/%s", sys, domain, bus, addr);
	folder("%s", dir);
	attributes(dir, slot, function);
	(void)snprintf(path, sizeof(path), "%s/bus/pci/devices/%s", sys, addr);
	(void)snprintf(target, sizeof(target), "../../../devices/pci%04x:%02x/%s", domain, bus,
		       addr);
	link_to(path, target);
	(void)snprintf(path, sizeof(path), "%s/driver", dir);
	(void)snprintf(target, sizeof(target), "../../../bus/pci/drivers/%s", driver);
	if (slot != FREE_SLOT)
		link_to(path, target);
	folder("%s/kernel/iommu_groups/%u/devices", sys, slot);
	(void)snprintf(path, sizeof(path), "%s/iommu_group", dir);
	(void)snprintf(target, sizeof(target), "../../../kernel/iommu_groups/%u", slot);
	link_to(path, target);
	(void)snprintf(path, sizeof(path), "%s/kernel/iommu_groups/%u/devices/%s", sys, slot, addr);
	(void)snprintf(target, sizeof(target), "../../../../devices/pci%04x:%02x/%s", domain, bus,
		       addr);
	link_to(path, target);
}

int main(int argc, char **argv)
{
	static const char *const drivers[] = { "snd_hda_intel", "nouveau", "e1000e", "vfio-pci" };
	char sys[100], dir[120];
	unsigned int i, count;

	if (argc != 3)
		return 2;
	count = (unsigned int)strtoul(argv[2], NULL, 10);
	(void)snprintf(sys, sizeof(sys), "%s/sys", argv[1]);
	folder("%s/bus/pci/devices", sys);
	folder("%s/class/iommu/dmar0", sys);
	for (i = 0; i < 4; i++)
		folder("%s/bus/pci/drivers/%s", sys, drivers[i]);
	folder("%s/module/vfio_iommu_type1", sys);
	(void)snprintf(dir, sizeof(dir), "%s/bus/pci", sys);
	line(dir, "drivers_probe", "\n");
	for (i = 0; i < count; i++)
		add(sys, i);
	folder("%s/proc", argv[1]);
	folder("%s/run", argv[1]);
	folder("%s/dev", argv[1]);
	folder("%s/etc", argv[1]);
	(void)snprintf(sys, sizeof(sys), "%s/proc", argv[1]);
	line(sys, "cmdline", "quiet\n");
	return 0;
}
