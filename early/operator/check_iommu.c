/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions about the IOMMU: is it on, does it hold interrupts apart, how fine are its groups? */
#include <stdio.h>
#include <string.h>

#include "cmdline.h"
#include "operator/check.h"
#include "operator/files.h"
#include "text.h"

#define INTERRUPTS "proc/interrupts"
#define UNSAFE "sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts"
#define NO_IOMMU "sys/module/vfio/parameters/enable_unsafe_noiommu_mode"

void check_pci(struct check *c)
{
	if (c->d.inv.unreadable)
		answer(c, ANSWER_PROBLEM, NULL,
		       "%zu devices have no readable vendor, device or class", c->d.inv.unreadable);
	if (!c->d.inv.devs)
		answer(c, ANSWER_PROBLEM, "is sysfs mounted?",
		       "there is no device in /" PCI_DEVICES);
	else
		answer(c, ANSWER_OK, NULL, "devices: %zu", c->d.inv.devs);
}

static size_t count_groups(const struct check *c)
{
	struct group g;
	size_t at, n = 0;

	for (at = 0; c->d.result.plan && group_next(&c->d.plan, &at, &g);)
		n++;
	return n;
}

void check_iommu(struct check *c)
{
	size_t groups = count_groups(c), i;
	char addr[ADDR_TEXT];

	if (!groups) {
		answer(c, ANSWER_PROBLEM, iommu_hint(&c->d.inv.iommu),
		       "no device is in an IOMMU group");
		return;
	}
	for (i = 0; i < c->d.inv.devs; i++)
		if (c->d.inv.dev[i].group < 0 && c->d.plan.dev[i].rule != NO_RULE)
			answer(c, ANSWER_PROBLEM, NULL, "%s is in no IOMMU group",
			       check_addr(c, (int)i, addr));
	if (!c->shown)
		answer(c, ANSWER_OK, NULL, "on, groups: %zu", groups);
}

struct interrupts {
	bool remapped, plain;
};

/* The kernel names the chip of each interrupt: IR-PCI-MSI is PCI-MSI behind a remapping table, and
 * the ITS of arm64 is one itself. */
static int interrupt_line(void *arg, unsigned int number, char *text)
{
	struct interrupts *i = arg;

	(void)number;
	if (strstr(text, " IR-") || strstr(text, " ITS-"))
		i->remapped = true;
	else if (strstr(text, " IO-APIC") || strstr(text, " PCI-MSI"))
		i->plain = true;
	return i->remapped;
}

struct units {
	const struct root *root;
	unsigned int intel, able;
};

/* Bit 3 of the extended capabilities of an Intel unit: interrupt remapping. */
static int look_at_unit(void *arg, const char *name)
{
	struct units *u = arg;
	char rel[FILES_PATH], ecap[24];
	int n;

	(void)snprintf(rel, sizeof(rel), IOMMU_UNITS "/%s/intel-iommu/ecap", name);
	n = files_first(u->root, rel, ecap, sizeof(ecap));
	if (n <= 0)
		return 0;
	ecap[n] = '\0';
	u->intel++;
	u->able += (strtoul(ecap + n - 1, NULL, 16) & 8) != 0;
	return 0;
}

static bool is_on(const struct check *c, const char *rel)
{
	char text[8];

	return files_first(&c->o->root, rel, text, sizeof(text)) > 0 &&
	       (text[0] == 'Y' || text[0] == '1');
}

/* Why interrupts are not remapped, from what the hardware says it can. */
static const char *remapping_advice(const struct check *c)
{
	struct units u = { .root = &c->o->root };

	if (files_names(&c->o->root, IOMMU_UNITS, look_at_unit, &u) < 0 || !u.intel)
		return "see what dmesg says of interrupt remapping; nointremap and intremap=off "
		       "turn it "
		       "off";
	if (u.able == u.intel)
		return "the hardware has it: take nointremap and intremap=off off the kernel "
		       "command "
		       "line, or update the firmware";
	return "the hardware lacks it; vfio_iommu_type1.allow_unsafe_interrupts=1 lets a VM send "
	       "any "
	       "interrupt to the host";
}

void check_remapping(struct check *c)
{
	struct interrupts i = { .plain = false };
	bool unsafe = is_on(c, UNSAFE);
	int r = files_lines(&c->o->root, INTERRUPTS, interrupt_line, &i);

	if (is_on(c, NO_IOMMU))
		answer(c, ANSWER_WARNING, "switch it off",
		       "vfio.enable_unsafe_noiommu_mode is on: a device can write to all memory");
	if (!c->d.inv.iommu.any_group)
		answer(c, ANSWER_UNKNOWN, NULL, "without an IOMMU there is nothing to see");
	else if (i.remapped)
		answer(c, unsafe ? ANSWER_WARNING : ANSWER_OK,
		       unsafe ? "switch off allow_unsafe_interrupts, it is not needed" : NULL,
		       "interrupts are remapped");
	else if (r < 0 || !i.plain)
		answer(c, ANSWER_UNKNOWN, remapping_advice(c), "/" INTERRUPTS " does not say");
	else if (unsafe)
		answer(c, ANSWER_WARNING, remapping_advice(c),
		       "interrupts are not remapped, and allow_unsafe_interrupts permits that");
	else
		answer(c, ANSWER_PROBLEM, remapping_advice(c),
		       "interrupts are not remapped: VFIO gives no device to a VM");
}

#define LISTED 4

/* A group of several slots: the bridges between them do not hold the devices apart. */
static void look_at_group(struct check *c, const struct group *g)
{
	char list[LISTED * (ADDR_TEXT + 2)] = "", addr[ADDR_TEXT];
	const struct pci_dev *last = NULL;
	bool wanted = false;
	size_t i, slots = 0;

	for (i = 0; i < g->members; i++) {
		const struct pci_dev *d = group_dev(g, i);

		if (class_is_bridge(d->class))
			continue;
		wanted |= c->d.plan.dev[g->member[i].dev].action != ACTION_LEAVE;
		if (last && addr_same_slot(&last->addr, &d->addr))
			continue;
		last = d;
		addr_format(&d->addr, addr);
		if (slots++ < LISTED)
			text_append(list, sizeof(list), "%s%s", slots > 1 ? ", " : "", addr);
	}
	if (wanted && slots > 1)
		answer(c, ANSWER_WARNING,
		       "they go to the VM together; another slot of the board may have a group of "
		       "its own",
		       "group %d spans %zu slots without ACS between them: %s%s", (int)g->number,
		       slots, list, slots > LISTED ? ", ..." : "");
}

static void look_at_word(void *arg, char *key, char *value)
{
	if (cmdline_key_is(key, "pcie_acs_override"))
		answer(arg, ANSWER_WARNING,
		       "remove it unless you trust every VM with the host's memory",
		       "pcie_acs_override=%s makes groups look apart that are not", value);
}

void check_acs(struct check *c)
{
	struct group g;
	size_t at;

	check_cmdline(c, look_at_word, c);
	for (at = 0; c->d.result.plan && group_next(&c->d.plan, &at, &g);)
		look_at_group(c, &g);
	if (!c->shown)
		answer(c, ANSWER_OK, NULL, "no claimed group spans several slots");
}
