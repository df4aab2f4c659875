/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "concerns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "attr.h"
#include "text.h"

#define GROUPS_MAX 64

struct search {
	struct inventory *inv;
	const struct root *root;
	DIR *devices;
	uint32_t group[GROUPS_MAX]; /* those that the rules name */
	size_t groups;
};

/* The next entry that is an address. */
static bool next_device(DIR *dir, struct pci_addr *addr, const char **name)
{
	struct dirent *e;
	const char *why;

	while ((e = readdir(dir))) {
		*name = e->d_name;
		if (addr_parse(e->d_name, addr, &why) == 0)
			return true;
	}
	return false;
}

static int want_group(struct search *s, uint32_t number)
{
	size_t i;

	for (i = 0; i < s->groups; i++)
		if (s->group[i] == number)
			return 0;
	if (s->groups == GROUPS_MAX)
		return -E2BIG;
	s->group[s->groups++] = number;
	return 0;
}

/* 0 also where there is no such device: the plan says so. */
static int want_group_of(struct search *s, const struct pci_addr *addr)
{
	char addr_text[ADDR_TEXT], link[ADDR_TEXT + 16], name[16];
	uint32_t number;
	int r;

	addr_format(addr, addr_text);
	if (!root_holds(s->root, dirfd(s->devices), addr_text))
		return faccessat(dirfd(s->devices), addr_text, F_OK, 0) < 0 ? 0 : -EXDEV;
	text_join(link, sizeof(link), addr_text, "/", "iommu_group");
	r = attr_link_name(dirfd(s->devices), link, name, sizeof(name));
	if (r == 0)
		r = text_u32(name, INT32_MAX, &number);
	if (r == 0)
		return want_group(s, number);
	return faccessat(dirfd(s->devices), addr_text, F_OK, 0) < 0 ? 0 : r;
}

static struct pci_dev *find(struct search *s, const struct pci_addr *addr, size_t among)
{
	size_t i;

	for (i = 0; i < among; i++)
		if (addr_compare(&s->inv->dev[i].addr, addr) == 0)
			return &s->inv->dev[i];
	return NULL;
}

static int add(struct search *s, const struct pci_addr *addr, const char *name, unsigned int parts)
{
	int r;

	if (!root_holds(s->root, dirfd(s->devices), name))
		return -EXDEV;
	r = inventory_add(s->inv, addr, dirfd(s->devices), parts);
	return r == 0 && s->inv->unreadable ? -EINVAL : r;
}

static int want_groups(struct search *s, const struct policy *policy)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < policy->rules; i++) {
		const struct rule *rule = &policy->rule[i];

		if (rule_has(rule, KEY_PATH) || rule_has(rule, KEY_ID))
			return -EAGAIN; /* any device may be meant */
		if (rule_has(rule, KEY_GROUP))
			r = want_group(s, rule->group);
		if (r == 0 && rule->kind == RULE_CLAIM && rule_has(rule, KEY_DEVICE))
			r = want_group_of(s, &rule->device);
	}
	return r;
}

/* The members, each with everything that is known of it. */
static int read_group(struct search *s, uint32_t number)
{
	char rel[sizeof(IOMMU_GROUPS) + 24], *at, *end = rel + sizeof(rel);
	struct pci_addr addr;
	const char *name;
	DIR *members;
	int r = 0;

	at = text_put_number(text_put(rel, end, IOMMU_GROUPS "/"), end, number);
	(void)text_put(text_put(at, end, "/"), end, "devices");
	if (root_opendir(s->root, rel, &members) < 0)
		return -ENOENT;
	while (r == 0 && next_device(members, &addr, &name)) {
		r = add(s, &addr, name, PCI_DRIVER);
		if (r == 0)
			s->inv->dev[s->inv->devs - 1].group = (int32_t)number;
	}
	(void)closedir(members);
	return r;
}

/* A device that is protected only has to be there. */
static int find_protected(struct search *s, const struct policy *policy)
{
	char name[ADDR_TEXT];
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < policy->rules; i++) {
		const struct rule *rule = &policy->rule[i];

		if (rule->kind != RULE_PROTECT || !rule_has(rule, KEY_DEVICE) ||
		    find(s, &rule->device, s->inv->devs))
			continue;
		addr_format(&rule->device, name);
		if (faccessat(dirfd(s->devices), name, F_OK, 0) == 0)
			r = add(s, &rule->device, name, 0);
	}
	return r;
}

static bool takes_console(const struct inventory *inv)
{
	size_t i;

	for (i = 0; i < inv->devs; i++)
		if (class_shows_console(inv->dev[i].class))
			return true;
	return false;
}

static int by_address(const void *a, const void *b)
{
	return addr_compare(a, b);
}

/* All addresses of the machine, in order. */
static int list_devices(struct search *s, struct pci_addr **list, size_t *count)
{
	size_t room = 0;
	const char *name;
	struct pci_addr addr;

	while (next_device(s->devices, &addr, &name)) {
		if (*count == room) {
			struct pci_addr *grown;

			room = room ? room * 2 : 64;
			grown = realloc(*list, room * sizeof(*grown));
			if (!grown)
				return -ENOMEM;
			*list = grown;
		}
		(*list)[(*count)++] = addr;
	}
	if (*count)
		qsort(*list, *count, sizeof(**list), by_address);
	return 0;
}

/* The host must keep a display: the first one outside the groups will do. In order of addresses,
 * for a machine's own display has a low one; but the lowest is nearly always the host bridge's. */
static int find_display(struct search *s)
{
	auto_free struct pci_addr *list = NULL;
	size_t i, count = 0, before = s->inv->devs;
	char name[ADDR_TEXT];
	int r = list_devices(s, &list, &count);

	for (i = 0; r == 0 && i < count; i++) {
		const struct pci_addr *addr = &list[(i + 1) % count];

		if (find(s, addr, before))
			continue;
		addr_format(addr, name);
		r = add(s, addr, name, 0);
		if (r == 0 && class_shows_console(s->inv->dev[s->inv->devs - 1].class))
			return 0;
	}
	return r < 0 ? r : -EAGAIN; /* now it matters which one the firmware shows */
}

int inventory_concerned(struct inventory *inv, const struct root *r, const struct policy *policy)
{
	struct search s = { .inv = inv, .root = r };
	bool console;
	size_t i;
	int err;

	if (root_opendir(r, PCI_DEVICES, &s.devices) < 0)
		return -ENOENT;
	err = want_groups(&s, policy);
	for (i = 0; err == 0 && i < s.groups; i++)
		err = read_group(&s, s.group[i]);
	console = takes_console(inv);
	if (err == 0)
		err = find_protected(&s, policy);
	if (err == 0 && console)
		err = find_display(&s);
	(void)closedir(s.devices);
	if (err == 0)
		inventory_sort(inv);
	inv->iommu.any_group = s.groups;
	return err;
}
