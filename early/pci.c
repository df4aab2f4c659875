/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pci.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "attr.h"
#include "text.h"

/* Where a device's attributes are: the directory of all devices, and the names below it. */
struct place {
	int dir;
	size_t behind; /* where the attribute's name goes */
	char path[ADDR_TEXT + 32];
};

static void place_set(struct place *p, int dir, const struct pci_addr *addr)
{
	p->dir = dir;
	addr_format(addr, p->path);
	p->behind = strlen(p->path) + 1;
	p->path[p->behind - 1] = '/';
}

/* attr: a constant of this file, which fits. */
static const char *at(struct place *p, const char *attr)
{
	memcpy(p->path + p->behind, attr, strlen(attr) + 1);
	return p->path;
}

/* NAME and then so many hex digits, capital as the kernel writes them. */
static bool take_field(const char **s, const char *name, unsigned int digits, uint32_t *value)
{
	const char *p = *s;

	while (*name)
		if (*p++ != *name++)
			return false;
	for (*value = 0; digits; digits--, p++) {
		if (*p >= '0' && *p <= '9')
			*value = *value << 4 | (uint32_t)(*p - '0');
		else if (*p >= 'A' && *p <= 'F')
			*value = *value << 4 | (uint32_t)(*p - 'A' + 10);
		else
			return false;
	}
	*s = p;
	return true;
}

/* The whole identity in one read: "pci:v000010DEd000013C2sv00001043sd00008508bc03sc00i00". */
static int read_modalias(struct pci_dev *d, struct place *p)
{
	char text[128];
	uint32_t v, dv, sv, sd, bc, sc, pi;
	const char *s = text;
	int r = attr_read(p->dir, at(p, "modalias"), text, sizeof(text));

	if (r < 0)
		return r;
	if (!take_field(&s, "pci:v", 8, &v) || !take_field(&s, "d", 8, &dv) ||
	    !take_field(&s, "sv", 8, &sv) || !take_field(&s, "sd", 8, &sd) ||
	    !take_field(&s, "bc", 2, &bc) || !take_field(&s, "sc", 2, &sc) ||
	    !take_field(&s, "i", 2, &pi))
		return -EINVAL;
	d->id.vendor = (uint16_t)v;
	d->id.device = (uint16_t)dv;
	d->id.subvendor = (uint16_t)sv;
	d->id.subdevice = (uint16_t)sd;
	d->class = bc << 16 | sc << 8 | pi;
	return 0;
}

/* The same attribute by attribute, for recorded trees without modalias. */
static int read_attributes(struct pci_dev *d, struct place *p)
{
	uint32_t v = 0, dv = 0, sv = 0, sd = 0;
	int r = attr_read_hex(p->dir, at(p, "vendor"), 0xffff, &v);

	if (r == 0)
		r = attr_read_hex(p->dir, at(p, "device"), 0xffff, &dv);
	if (r == 0)
		r = attr_read_hex(p->dir, at(p, "class"), 0xffffff, &d->class);
	if (r < 0)
		return r;
	/* Bridges have no subsystem of their own; a tree may lack the two files. */
	if (attr_read_hex(p->dir, at(p, "subsystem_vendor"), 0xffff, &sv) < 0 ||
	    attr_read_hex(p->dir, at(p, "subsystem_device"), 0xffff, &sd) < 0)
		sv = sd = 0;
	d->id.vendor = (uint16_t)v;
	d->id.device = (uint16_t)dv;
	d->id.subvendor = (uint16_t)sv;
	d->id.subdevice = (uint16_t)sd;
	return 0;
}

static bool flag_set(struct place *p, const char *attr)
{
	char text[8];

	return attr_read(p->dir, at(p, attr), text, sizeof(text)) == 1 && text[0] == '1';
}

static void read_group(struct pci_dev *d, struct place *p)
{
	char name[16];
	uint32_t group;

	d->group = -1;
	if (attr_link_name(p->dir, at(p, "iommu_group"), name, sizeof(name)) == 0 &&
	    text_u32(name, INT32_MAX, &group) == 0)
		d->group = (int32_t)group;
}

static int read_identity(struct pci_dev *d, struct place *p)
{
	int r = read_modalias(d, p);

	if (r < 0)
		r = read_attributes(d, p);
	d->id.has_sub = r == 0;
	return r;
}

static void read_driver(struct pci_dev *d, struct place *p)
{
	char *c;

	if (attr_link_name(p->dir, at(p, "driver"), d->driver, sizeof(d->driver)) < 0)
		d->driver[0] = '\0';
	for (c = d->driver; *c; c++)
		if (*c < 0x20 || *c > 0x7e)
			*c = '?'; /* a recorded tree can hold any name */
	if (!class_is_display(d->class))
		return;
	d->has_console = d->driver[0] && faccessat(p->dir, at(p, "graphics"), F_OK, 0) == 0;
}

int inventory_add(struct inventory *inv, const struct pci_addr *addr, int dir, unsigned int parts)
{
	size_t room = inv->room ? inv->room * 2 : 16;
	struct pci_dev *grown;
	struct place place;

	if (inv->devs == inv->room) {
		grown = realloc(inv->dev, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		inv->dev = grown;
		inv->room = room;
	}
	grown = &inv->dev[inv->devs];
	memset(grown, 0, sizeof(*grown));
	grown->addr = *addr;
	grown->parent = grown->group = -1;
	place_set(&place, dir, addr);
	if (read_identity(grown, &place) < 0) {
		inv->unreadable++;
		return 0;
	}
	if (parts & PCI_GROUP)
		read_group(grown, &place);
	if (parts & PCI_DRIVER)
		read_driver(grown, &place);
	if (parts & PCI_BOOT_DISPLAY && class_is_display(grown->class))
		grown->boot_display = flag_set(&place, "boot_vga") ||
				      flag_set(&place, "boot_display");
	inv->devs++;
	return 0;
}

static int by_address(const void *a, const void *b)
{
	const struct pci_dev *x = a, *y = b;

	return addr_compare(&x->addr, &y->addr);
}

void inventory_sort(struct inventory *inv)
{
	if (inv->devs)
		qsort(inv->dev, inv->devs, sizeof(inv->dev[0]), by_address);
}

/* The bridge above is the component before the last in the device's real path:
 * ../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0 */
static void find_parent(struct inventory *inv, struct pci_dev *d, int dir)
{
	char addr[ADDR_TEXT], target[PATH_MAX];
	struct pci_addr above;
	const char *why;
	char *slash;
	ssize_t n;

	addr_format(&d->addr, addr);
	n = readlinkat(dir, addr, target, sizeof(target) - 1);
	if (n < 0)
		return;
	target[n] = '\0';
	slash = strrchr(target, '/');
	if (!slash)
		return;
	*slash = '\0';
	slash = strrchr(target, '/');
	if (slash && addr_parse(slash + 1, &above, &why) == 0)
		d->parent = inventory_find(inv, &above);
}

/* A tree whose devices have no iommu_group link may still list them under the groups. */
static void list_groups(struct inventory *inv, const struct root *r)
{
	char addr[ADDR_TEXT];
	size_t i;

	if (!root_exists(r, IOMMU_GROUPS))
		return;
	for (i = 0; i < inv->devs; i++) {
		addr_format(&inv->dev[i].addr, addr);
		if (inv->dev[i].group < 0)
			inv->dev[i].group = iommu_group_listing(r, addr);
	}
}

static void note_groups(struct inventory *inv, const struct root *r)
{
	size_t i;

	if (r->foreign)
		list_groups(inv, r);
	for (i = 0; i < inv->devs; i++) {
		if (inv->dev[i].group < 0)
			continue;
		inv->iommu.any_group = true;
		if ((uint32_t)inv->dev[i].group > inv->iommu.last_group)
			inv->iommu.last_group = (uint32_t)inv->dev[i].group;
	}
	if (!inv->iommu.any_group)
		iommu_read(&inv->iommu, r);
}

int inventory_read(struct inventory *inv, const struct root *r)
{
	return inventory_read_for(inv, r, true);
}

int inventory_read_for(struct inventory *inv, const struct root *r, bool paths)
{
	DIR *dir;
	int fd, err = root_opendir(r, PCI_DEVICES, &dir);
	struct dirent *e;
	size_t i;

	if (err < 0)
		return err;
	fd = dirfd(dir);
	while (err == 0 && (errno = 0, e = readdir(dir))) {
		struct pci_addr addr;
		const char *why;

		if (addr_parse(e->d_name, &addr, &why) < 0)
			continue;
		if (root_holds(r, fd, e->d_name))
			err = inventory_add(inv, &addr, fd,
					    PCI_GROUP | PCI_DRIVER | PCI_BOOT_DISPLAY);
		else
			inv->unreadable++;
	}
	if (err == 0 && errno)
		err = -errno;
	if (err == 0)
		inventory_sort(inv);
	for (i = 0; paths && err == 0 && i < inv->devs; i++)
		find_parent(inv, &inv->dev[i], fd);
	(void)closedir(dir);
	if (err == 0)
		note_groups(inv, r);
	return err;
}

void inventory_free(struct inventory *inv)
{
	free(inv->dev);
	memset(inv, 0, sizeof(*inv));
}

int inventory_find(const struct inventory *inv, const struct pci_addr *a)
{
	size_t low = 0, high = inv->devs;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = addr_compare(&inv->dev[mid].addr, a);

		if (c == 0)
			return (int)mid;
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return -1;
}

static int find_child(const struct inventory *inv, int parent, uint8_t devfn)
{
	int found = -ENOENT;
	size_t i;

	for (i = 0; i < inv->devs; i++) {
		const struct pci_dev *d = &inv->dev[i];

		if (d->parent != parent || d->addr.devfn != devfn)
			continue;
		if (found >= 0)
			return -ENOTUNIQ;
		found = (int)i;
	}
	return found;
}

int inventory_walk(const struct inventory *inv, const struct pci_path *p)
{
	int at = inventory_find(inv, &p->first);
	unsigned int i;

	if (at < 0 || inv->dev[at].parent != -1)
		return -ENOENT;
	for (i = 0; i < p->hops; i++) {
		at = find_child(inv, at, p->hop[i]);
		if (at < 0)
			return at;
	}
	return at;
}
