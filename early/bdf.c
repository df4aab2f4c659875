/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bdf.h"

#include <errno.h>
#include <string.h>

#include "text.h"

static const char ADDR_EXPECTED[] = "expected a PCI address such as 0000:01:00.0 or 01:00.0";
static const char ID_EXPECTED[] =
	"expected vendor:device[:subvendor:subdevice], 4 hex digits each, such as 10de:13c2";
static const char PATH_EXPECTED[] = "expected a path through the bridges such as 00:01.0/00.0";

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* Reads min to max hex digits and moves *s behind them. */
static bool take_hex(const char **s, unsigned int min, unsigned int max, uint32_t *value)
{
	unsigned int n = 0;
	uint32_t v = 0;

	while (n < max && hex_value(**s) >= 0) {
		v = v << 4 | (uint32_t)hex_value(**s);
		(*s)++;
		n++;
	}
	*value = v;
	return n >= min;
}

static bool take_char(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

/* slot.function, as in "1f.2" */
static bool take_devfn(const char **s, uint8_t *devfn)
{
	uint32_t slot, fn;

	if (!take_hex(s, 2, 2, &slot) || slot > 0x1f)
		return false;
	if (!take_char(s, '.') || !take_hex(s, 1, 1, &fn) || fn > 7)
		return false;
	*devfn = (uint8_t)(slot << 3 | fn);
	return true;
}

static bool take_addr(const char **s, struct pci_addr *a)
{
	uint32_t domain = 0, bus;
	const char *colon = strchr(*s, ':');
	const char *second = colon ? strchr(colon + 1, ':') : NULL;
	const char *slash = strchr(*s, '/');

	if (second && (!slash || second < slash))
		if (!take_hex(s, 4, 8, &domain) || !take_char(s, ':'))
			return false;
	if (!take_hex(s, 2, 2, &bus) || !take_char(s, ':'))
		return false;
	a->domain = domain;
	a->bus = (uint8_t)bus;
	return take_devfn(s, &a->devfn);
}

int addr_parse(const char *s, struct pci_addr *a, const char **why)
{
	*why = ADDR_EXPECTED;
	return take_addr(&s, a) && !*s ? 0 : -EINVAL;
}

int id_parse(const char *s, struct pci_id *id, const char **why)
{
	uint32_t v[4] = { 0 };
	unsigned int n = 0;

	*why = ID_EXPECTED;
	do {
		if (n == 4 || !take_hex(&s, 4, 4, &v[n]))
			return -EINVAL;
		n++;
	} while (take_char(&s, ':'));
	if (*s || (n != 2 && n != 4))
		return -EINVAL;
	id->vendor = (uint16_t)v[0];
	id->device = (uint16_t)v[1];
	id->subvendor = (uint16_t)v[2];
	id->subdevice = (uint16_t)v[3];
	id->has_sub = n == 4;
	return 0;
}

int path_parse(const char *s, struct pci_path *p, const char **why)
{
	*why = PATH_EXPECTED;
	p->hops = 0;
	if (!take_addr(&s, &p->first))
		return -EINVAL;
	while (take_char(&s, '/')) {
		if (p->hops == PATH_HOPS) {
			*why = "more than 16 bridges in one path";
			return -EINVAL;
		}
		if (!take_devfn(&s, &p->hop[p->hops]))
			return -EINVAL;
		p->hops++;
	}
	return *s ? -EINVAL : 0;
}

/* By hand and not by snprintf(): a boot formats some addresses for every device there is. */
void addr_format(const struct pci_addr *a, char buf[ADDR_TEXT])
{
	buf = text_hex(buf, a->domain, 4);
	*buf++ = ':';
	buf = text_hex(buf, a->bus, 2);
	*buf++ = ':';
	buf = text_hex(buf, a->devfn >> 3, 2);
	*buf++ = '.';
	buf = text_hex(buf, a->devfn & 7U, 1);
	*buf = '\0';
}

static char *pair_format(char *to, uint16_t vendor, uint16_t device)
{
	to = text_hex(to, vendor, 4);
	*to++ = ':';
	return text_hex(to, device, 4);
}

void id_format(const struct pci_id *id, char buf[ID_TEXT])
{
	buf = pair_format(buf, id->vendor, id->device);
	if (id->has_sub) {
		*buf++ = ':';
		buf = pair_format(buf, id->subvendor, id->subdevice);
	}
	*buf = '\0';
}

int addr_compare(const struct pci_addr *a, const struct pci_addr *b)
{
	if (a->domain != b->domain)
		return a->domain < b->domain ? -1 : 1;
	if (a->bus != b->bus)
		return a->bus < b->bus ? -1 : 1;
	return (int)a->devfn - (int)b->devfn;
}

bool addr_same_slot(const struct pci_addr *a, const struct pci_addr *b)
{
	return a->domain == b->domain && a->bus == b->bus && a->devfn >> 3 == b->devfn >> 3;
}

bool id_matches(const struct pci_id *want, const struct pci_id *have)
{
	if (want->vendor != have->vendor || want->device != have->device)
		return false;
	return !want->has_sub || (have->has_sub && want->subvendor == have->subvendor &&
				  want->subdevice == have->subdevice);
}

bool class_is_bridge(uint32_t class)
{
	return class >> 8 == 0x0604 || class >> 8 == 0x0609;
}

bool class_is_display(uint32_t class)
{
	return class >> 16 == 0x03;
}

bool class_shows_console(uint32_t class)
{
	return class_is_display(class) && class >> 8 != 0x0302;
}

bool class_is_platform(uint32_t class)
{
	return class >> 8 == 0x0600 || class >> 8 == 0x0601 || class >> 8 == 0x0c05 ||
	       class >> 16 == 0x08;
}

bool class_is_storage(uint32_t class)
{
	return class >> 16 == 0x01;
}

bool class_is_network(uint32_t class)
{
	return class >> 16 == 0x02;
}

const char *class_name(uint32_t class)
{
	static const struct {
		uint16_t mask, value;
		const char *name;
	} table[] = {
		{ 0xffff, 0x0106, "SATA controller" },
		{ 0xffff, 0x0108, "NVMe controller" },
		{ 0xff00, 0x0100, "storage controller" },
		{ 0xffff, 0x0200, "Ethernet controller" },
		{ 0xff00, 0x0200, "network controller" },
		{ 0xffff, 0x0300, "VGA controller" },
		{ 0xff00, 0x0300, "display controller" },
		{ 0xff00, 0x0400, "multimedia device" },
		{ 0xff00, 0x0500, "memory controller" },
		{ 0xffff, 0x0600, "host bridge" },
		{ 0xffff, 0x0601, "ISA bridge" },
		{ 0xffff, 0x0604, "PCI-to-PCI bridge" },
		{ 0xff00, 0x0600, "bridge" },
		{ 0xff00, 0x0800, "system peripheral" },
		{ 0xffff, 0x0c03, "USB controller" },
		{ 0xffff, 0x0c05, "SMBus" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++)
		if ((class >> 8 & table[i].mask) == table[i].value)
			return table[i].name;
	return "device";
}
