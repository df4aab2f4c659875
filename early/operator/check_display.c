/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions about displays: what shows the host's console, and who sits on a card's memory. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "operator/check.h"
#include "operator/files.h"

#define IOMEM "proc/iomem"
#define BARS 6

void check_console(struct check *c)
{
	char addr[ADDR_TEXT];
	bool claimed = false, stays = false;
	size_t i;

	for (i = 0; i < c->d.inv.devs; i++) {
		const struct pci_dev *d = &c->d.inv.dev[i];

		if (!class_shows_console(d->class))
			continue;
		if (!check_claims(c, (int)i)) {
			stays = true;
			continue;
		}
		claimed = true;
		if (d->boot_display)
			answer(c, ANSWER_WARNING,
			       "choose another primary display in the firmware setup if there is "
			       "one",
			       "%s is the display that the firmware uses: the host's messages, and "
			       "a "
			       "passphrase prompt, end there",
			       check_addr(c, (int)i, addr));
	}
	if (claimed && !stays)
		answer(c, ANSWER_WARNING, "have another way in, such as ssh or a serial line",
		       "no display is left for the host");
	else if (!c->shown)
		answer(c, ANSWER_OK, NULL,
		       claimed ? "another display stays with the host" : "no display is claimed");
}

struct framebuffer {
	struct check *check;
	bool seen, hidden;
	int told; /* the device that was answered for last: a range and its parts are listed */
};

/* What the kernel calls the memory that the firmware's picture is in. */
static bool is_framebuffer(const char *name)
{
	static const char *const names[] = { "BOOTFB",	 "efifb",
					     "simplefb", "simple-framebuffer",
					     "vesafb",	 "simpledrm",
					     "efidrm",	 "vesadrm" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

struct range {
	uint64_t start, end; /* the last byte */
	bool hit;
	unsigned int lines;
};

/* "0x00000000f6000000 0x00000000f6ffffff 0x0000000000040200", the first six are BARs. */
static int bar_line(void *arg, unsigned int number, char *text)
{
	struct range *r = arg;
	char *rest;
	uint64_t start = strtoull(text, &rest, 16), end = strtoull(rest, NULL, 16);

	if (number > BARS)
		return 1;
	r->lines++;
	r->hit |= end && start <= r->end && end >= r->start;
	return 0;
}

/* Linux 6.0 and later: vfio-pci sends the firmware's driver away from a VGA controller. */
static bool vfio_frees(const struct check *c, const struct pci_dev *d)
{
	return d->class >> 8 == 0x0300 && strtoul(c->kernel, NULL, 10) >= 6;
}

static void compare(struct framebuffer *f, const struct range *range, const char *name)
{
	struct check *c = f->check;
	char rel[FILES_PATH], addr[ADDR_TEXT];
	int i;

	for (i = check_next_claimed(c, 0); i >= 0; i = check_next_claimed(c, (size_t)i + 1)) {
		struct range r = *range;

		(void)snprintf(rel, sizeof(rel), PCI_DEVICES "/%s/resource",
			       check_addr(c, i, addr));
		if (files_lines(&c->o->root, rel, bar_line, &r) < 0 || !r.hit || i == f->told)
			continue;
		f->told = i;
		if (vfio_frees(c, &c->d.inv.dev[i]))
			answer(c, ANSWER_OK, NULL,
			       "%s holds the firmware's framebuffer (%s); vfio-pci takes it away",
			       addr, name);
		else
			answer(c, ANSWER_PROBLEM,
			       "add video=efifb:off to the kernel command line, or "
			       "initcall_blacklist=sysfb_init where that has no effect",
			       "%s holds the firmware's framebuffer (%s): a VM cannot reserve its "
			       "BAR",
			       addr, name);
	}
}

/* "  e0000000-e02fffff : BOOTFB" */
static int iomem_line(void *arg, unsigned int number, char *text)
{
	struct framebuffer *f = arg;
	char *name = strstr(text, " : "), *rest;
	struct range r = { .start = strtoull(text, &rest, 16) };

	(void)number;
	if (!name || *rest != '-' || !is_framebuffer(name + 3))
		return 0;
	r.end = strtoull(rest + 1, NULL, 16);
	f->seen = true;
	if (r.end)
		compare(f, &r, name + 3);
	else
		f->hidden = true;
	return 0;
}

void check_framebuffer(struct check *c)
{
	struct framebuffer f = { .check = c, .told = -1 };
	int r = 0;

	if (check_next_claimed(c, 0) >= 0)
		r = files_lines(&c->o->root, IOMEM, iomem_line, &f);
	if (r < 0)
		answer(c, ANSWER_UNKNOWN, NULL, "/" IOMEM ": %s", strerror(-r));
	else if (f.hidden)
		answer(c, ANSWER_UNKNOWN, "run check as root",
		       "there is one of the firmware; where it lies is shown to root only");
	else if (!c->shown)
		answer(c, ANSWER_OK, NULL,
		       f.seen ? "the firmware's framebuffer is in no claimed device"
			      : "no claimed device holds one of the firmware");
}
