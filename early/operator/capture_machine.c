/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operator/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cmdline.h"
#include "operator/files.h"
#include "operator/reset.h"
#include "sources.h"
#include "text.h"

#define DEPTH_MAX (2 * PATH_HOPS)

/* A name of the kernel's as one word, whatever is in it. */
static void word(struct out *o, const char *text)
{
	char plain[FILES_PATH];
	size_t i;

	(void)snprintf(plain, sizeof(plain), "%s", text[0] ? text : "_");
	for (i = 0; plain[i]; i++)
		if (plain[i] <= ' ' || plain[i] > '~' || plain[i] == '/')
			plain[i] = '_';
	out_text(o, plain);
}

/* Words of the command line that matter here, and that hold no name of a disk or a host. */
static bool word_matters(const char *key)
{
	static const char *const exact[] = {
		"iommu",
		"intel_iommu",
		"amd_iommu",
		"pci",
		"pcie_acs_override",
		"module_blacklist",
		"nomodeset",
		"video",
		"hugepages",
		"hugepagesz",
		"quiet",
		"default_hugepagesz",
		"modprobe.blacklist",
		"initcall_blacklist",
		"vfio_early",
		"rd.driver.blacklist",
		"rd.driver.pre",
		"intremap",
		"pcie_aspm",
		"pcie_port_pm",
	};
	static const char *const modules[] = {
		"vfio_early", "vfio",	"vfio_pci",   "vfio_iommu_type1", "vfio_pci_core", "kvm",
		"nouveau",    "nvidia", "nvidia_drm", "amdgpu",		  "radeon",	   "i915",
		"xe",	      "ast",	"kvmfr",
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(exact); i++)
		if (cmdline_key_is(key, exact[i]))
			return true;
	for (i = 0; i < ARRAY_LEN(modules); i++) {
		const char *suffix = cmdline_suffix(key, modules[i]);

		if (suffix && *suffix)
			return true;
	}
	return false;
}

static void write_cmdline(struct out *o, const struct root *r)
{
	auto_free char *text = NULL;
	struct cmdline_word w;
	int err = sources_read_cmdline(r, &text);
	char *rest = text;

	out_text(o, "cmdline");
	while (err == 0 && cmdline_next(&rest, &w)) {
		const char *quote = w.value && strpbrk(w.value, " \t") ? "\"" : "";

		if (!word_matters(w.key))
			continue;
		out_text(o, " ");
		word(o, w.key);
		if (w.value)
			out_printf(o, "=%s", quote);
		if (w.value)
			out_escaped(o, w.value);
		out_text(o, w.value ? quote : "");
	}
	out_text(o, "\n");
}

static int cpu_line(void *arg, unsigned int number, char *text)
{
	const char *value = strchr(text, ':');

	(void)number;
	if (strncmp(text, "vendor_id", 9) != 0 || !value)
		return 0;
	out_text(arg, "cpu ");
	word(arg, value[1] == ' ' ? value + 2 : value + 1);
	out_text(arg, "\n");
	return 1;
}

static int unit_line(void *arg, const char *name)
{
	out_text(arg, "unit ");
	word(arg, name);
	out_text(arg, "\n");
	return 0;
}

struct drivers {
	struct out *out;
	const struct inventory *inv;
};

static int driver_line(void *arg, const char *name)
{
	struct drivers *d = arg;
	size_t i;

	for (i = 0; i < d->inv->devs; i++)
		if (strcmp(d->inv->dev[i].driver, name) == 0)
			return 0;
	out_text(d->out, "driver ");
	word(d->out, name);
	out_text(d->out, "\n");
	return 0;
}

/* What there is besides devices. What cannot be read is not there. */
static void write_host(struct out *o, const struct inventory *inv, const struct root *r)
{
	struct drivers drivers = { o, inv };

	write_cmdline(o, r);
	(void)!files_lines(r, PROC_CPUINFO, cpu_line, o);
	(void)!files_names(r, IOMMU_UNITS, unit_line, o);
	if (root_exists(r, ACPI_TABLES "/DMAR"))
		out_text(o, "table DMAR\n");
	if (root_exists(r, ACPI_TABLES "/IVRS"))
		out_text(o, "table IVRS\n");
	(void)!files_names(r, PCI_DRIVERS, driver_line, &drivers);
}

/* Which device another one lies behind, bridge or not: VMD brings a root bus of its own along. */
static int behind(const struct inventory *inv, const struct root *r, size_t dev)
{
	char rel[sizeof(PCI_DEVICES) + ADDR_TEXT], target[FILES_PATH], addr[ADDR_TEXT], *slash;
	struct pci_addr above;
	const char *why;
	int at = inv->dev[dev].parent;

	if (at >= 0)
		return at;
	addr_format(&inv->dev[dev].addr, addr);
	(void)snprintf(rel, sizeof(rel), PCI_DEVICES "/%s", addr);
	if (files_link(r, rel, target, sizeof(target)) < 0)
		return -1;
	while (at < 0 && (slash = strrchr(target, '/'))) {
		*slash = '\0';
		slash = strrchr(target, '/');
		if (slash && addr_parse(slash + 1, &above, &why) == 0)
			at = inventory_find(inv, &above);
	}
	return at == (int)dev ? -1 : at;
}

static void write_device(struct out *o, const struct pci_dev *d, unsigned int depth, int devices)
{
	char text[ADDR_TEXT], reset[RESET_TEXT] = "";

	addr_format(&d->addr, text);
	out_printf(o, "%*s%s %06x %04x:%04x %04x:%04x ", (int)(2 * depth), "", text,
		   (unsigned int)d->class, d->id.vendor, d->id.device, d->id.subvendor,
		   d->id.subdevice);
	if (d->group >= 0)
		out_printf(o, "%d ", (int)d->group);
	else
		out_text(o, "- ");
	if (d->driver[0])
		word(o, d->driver);
	else
		out_text(o, "-");
	if (d->boot_display)
		out_text(o, d->class >> 8 == 0x0300 ? " boot_vga" : " boot_display");
	if (d->has_console)
		out_text(o, " console");
	if (devices >= 0)
		reset_methods(devices, &d->addr, reset);
	if (reset[0])
		out_text(o, " reset=");
	if (reset[0])
		word(o, reset);
	out_text(o, "\n");
}

/* The tree of the devices: first what lies behind each, then the next at the same place. */
struct links {
	int up, first, next;
	bool done;
};

/* Adds from the last address to the first, so that every list comes out in order. */
static void link_up(struct links *l, const struct inventory *inv, const struct root *r)
{
	size_t i;

	for (i = 0; i <= inv->devs; i++)
		l[i] = (struct links){ -1, -1, -1, false };
	for (i = inv->devs; i-- > 0;) {
		int up = behind(inv, r, i);
		struct links *above = &l[up < 0 ? inv->devs : (size_t)up];

		l[i].up = up;
		l[i].next = above->first;
		above->first = (int)i;
	}
}

/* One device, what lies behind it, and the same for those after it. */
static void write_from(struct out *o, const struct inventory *inv, struct links *l, int at,
		       int devices)
{
	unsigned int depth = 0;

	while (at >= 0) {
		if (!l[at].done)
			write_device(o, &inv->dev[at], depth, devices);
		if (!l[at].done && l[at].first >= 0 && depth < DEPTH_MAX) {
			l[at].done = true;
			at = l[at].first;
			depth++;
			continue;
		}
		l[at].done = true;
		while (at >= 0 && l[at].next < 0 && depth) {
			at = l[at].up;
			depth--;
		}
		at = at < 0 ? -1 : l[at].next;
	}
}

int capture_machine(struct out *out, const struct inventory *inv, const struct root *r)
{
	auto_free struct links *l = malloc((inv->devs + 1) * sizeof(*l));
	auto_close int devices = root_openat(r, PCI_DEVICES, O_RDONLY | O_DIRECTORY);
	size_t i;

	if (!l)
		return -ENOMEM;
	out_text(out, "# SPDX-License-Identifier: GPL-2.0-or-later\n"
		      "# Recorded by vfio-early " VFIO_EARLY_VERSION ".\n");
	write_host(out, inv, r);
	link_up(l, inv, r);
	write_from(out, inv, l, l[inv->devs].first, devices);
	/* In a tree with links in a circle some lie behind each other. */
	for (i = 0; i < inv->devs; i++)
		if (!l[i].done)
			write_device(out, &inv->dev[i], 0, devices);
	return 0;
}
