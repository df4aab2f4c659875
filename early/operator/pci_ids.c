/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operator/pci_ids.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define NO_DEVICE (-1) /* the entry of the vendor itself; sorts before its devices */
#define PIECE 8192

struct pci_name {
	int32_t vendor, device;
	char *text;
};

static int by_id(const void *a, const void *b)
{
	const struct pci_name *x = a, *y = b;

	if (x->vendor != y->vendor)
		return x->vendor < y->vendor ? -1 : 1;
	return x->device < y->device ? -1 : x->device > y->device;
}

static struct pci_name *find(const struct pci_names *n, int32_t vendor, int32_t device)
{
	const struct pci_name key = { vendor, device, NULL };

	if (!n->names)
		return NULL;
	return bsearch(&key, n->name, n->names, sizeof(key), by_id);
}

/* The ids that the inventory has, each once. */
static bool want_ids(struct pci_names *n, const struct inventory *inv)
{
	size_t i, kept = 0;

	n->name = calloc(2 * inv->devs + 1, sizeof(*n->name));
	if (!n->name)
		return false;
	for (i = 0; i < inv->devs; i++) {
		const struct pci_id *id = &inv->dev[i].id;

		n->name[2 * i] = (struct pci_name){ id->vendor, NO_DEVICE, NULL };
		n->name[2 * i + 1] = (struct pci_name){ id->vendor, id->device, NULL };
	}
	qsort(n->name, 2 * inv->devs, sizeof(*n->name), by_id);
	for (i = 0; i < 2 * inv->devs; i++)
		if (!kept || by_id(&n->name[kept - 1], &n->name[i]) != 0)
			n->name[kept++] = n->name[i];
	n->names = kept;
	return true;
}

/* "10de  NVIDIA Corporation": the name, or NULL if the line is no such entry. */
static const char *entry(const char *line, int32_t *id)
{
	char *end;

	*id = (int32_t)strtoul(line, &end, 16);
	if (end != line + 4 || end[0] != ' ' || end[1] != ' ')
		return NULL;
	return end + 2;
}

static void keep(struct pci_name *name, const char *text)
{
	if (name && text && !name->text)
		name->text = strndup(text, PCI_NAME_MAX);
}

/* One line without its newline. Devices follow their vendor and begin with one tab, subsystems with
 * two. *vendor is that of the lines above, if we want any of it. False: the classes begin. */
static bool take_line(struct pci_names *n, const char *line, int32_t *vendor)
{
	const char *text;
	int32_t id;

	if (line[0] == '\t') {
		if (*vendor < 0 || line[1] == '\t')
			return true;
		text = entry(line + 1, &id);
		keep(find(n, *vendor, id), text);
		return true;
	}
	if (line[0] == '#' || line[0] == '\0')
		return true;
	if (line[0] == 'C' && line[1] == ' ')
		return false;
	text = entry(line, &id);
	*vendor = text && find(n, id, NO_DEVICE) ? id : -1;
	if (*vendor >= 0)
		keep(find(n, id, NO_DEVICE), text);
	return true;
}

/* Hands on the whole lines of buf. What is left of it, or -1 at the end of the names. */
static ssize_t take_lines(struct pci_names *n, char *buf, size_t len, int32_t *vendor)
{
	char *line = buf, *newline;

	while ((newline = memchr(line, '\n', len - (size_t)(line - buf)))) {
		*newline = '\0';
		if (!take_line(n, line, vendor))
			return -1;
		line = newline + 1;
	}
	len -= (size_t)(line - buf);
	memmove(buf, line, len);
	return len < PIECE ? (ssize_t)len : -1; /* no such file has lines of 8 KiB */
}

static void read_names(struct pci_names *n, int fd)
{
	char buf[PIECE];
	int32_t vendor = -1;
	ssize_t left = 0, got;

	while (left >= 0) {
		got = read(fd, buf + left, sizeof(buf) - (size_t)left);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return;
		left = take_lines(n, buf, (size_t)(left + got), &vendor);
	}
}

void pci_names_read(struct pci_names *n, const struct inventory *inv, const struct root *r)
{
	static const char *const places[] = PCI_IDS_FILES;
	int fd = -1;
	size_t i;

	memset(n, 0, sizeof(*n));
	for (i = 0; i < ARRAY_LEN(places) && fd < 0; i++)
		fd = root_open_regular(r, places[i]);
	if (fd < 0)
		return;
	if (want_ids(n, inv))
		read_names(n, fd);
	(void)close(fd);
}

void pci_names_free(struct pci_names *n)
{
	size_t i;

	for (i = 0; i < n->names; i++)
		free(n->name[i].text);
	free(n->name);
	memset(n, 0, sizeof(*n));
}

const char *pci_vendor_name(const struct pci_names *n, const struct pci_id *id)
{
	const struct pci_name *name = find(n, id->vendor, NO_DEVICE);

	return name ? name->text : NULL;
}

const char *pci_device_name(const struct pci_names *n, const struct pci_id *id)
{
	const struct pci_name *name = find(n, id->vendor, id->device);

	return name ? name->text : NULL;
}
