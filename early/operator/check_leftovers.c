/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is left of the old way: ids for vfio-pci on the kernel command line and in modprobe.d, lists
 * of modules to load early, scripts and udev rules, driverctl. Left alone where it only repeats the
 * policy; a problem where it takes what the policy leaves.
 */
#include "operator/check.h"

#include <stdio.h>
#include <string.h>

#include "cmdline.h"
#include "operator/files.h"
#include "operator/modprobe.h"
#include "text.h"

#define DRIVERCTL "etc/driverctl.d"
#define ANY 0xffffffffU
#define NOT_NEEDED "remove it: the policy claims before any module is loaded"

/* "vendor:device[:subvendor:subdevice[:class:mask]]" as vfio-pci reads it. */
static bool id_fits(const char *text, const struct pci_id *id)
{
	const uint32_t have[] = { id->vendor, id->device, id->subvendor, id->subdevice };
	size_t i;

	for (i = 0; i < ARRAY_LEN(have); i++) {
		char *end;
		uint32_t want = (uint32_t)strtoul(text, &end, 16);

		if (end == text || (want != ANY && want != have[i]))
			return false;
		if (*end != ':')
			return i > 0;
		text = end + 1;
	}
	return true;
}

static void look_at_id(struct check *c, const char *place, const char *driver, const char *id)
{
	int taken = -1, left = -1;
	char addr[ADDR_TEXT];
	size_t i;

	for (i = 0; i < c->d.inv.devs; i++) {
		if (!id_fits(id, &c->d.inv.dev[i].id) || class_is_bridge(c->d.inv.dev[i].class))
			continue;
		if (check_claims(c, (int)i))
			taken = (int)i;
		else if (left < 0)
			left = (int)i;
	}
	if (left >= 0)
		answer(c, c->d.policy.rules ? ANSWER_PROBLEM : ANSWER_WARNING,
		       c->d.policy.rules ? "remove the id"
					 : "vfio-early pin DEVICE prints a claim instead",
		       "%s: %s takes %s (%s), which the policy leaves", place, driver,
		       check_addr(c, left, addr), id);
	else if (taken >= 0)
		answer(c, ANSWER_WARNING, NOT_NEEDED, "%s: %s by id %s, as the policy does", place,
		       driver, id);
	else
		answer(c, ANSWER_WARNING, "remove the id", "%s: the id %s fits no device here",
		       place, id);
}

static void look_at_ids(struct check *c, const char *place, const char *driver, char *list)
{
	const char *id;

	while ((id = text_next_item(&list)))
		if (*id)
			look_at_id(c, place, driver, id);
}

static bool is_vfio(const char *module)
{
	return strncmp(module, "vfio", 4) == 0;
}

/* "vfio_pci,vfio" or the words of a softdep: true if one is of VFIO. */
static bool names_vfio(char *list)
{
	const char *item;

	while ((item = text_next_item(&list)))
		if (is_vfio(item))
			return true;
	return false;
}

static void look_at_word(void *arg, char *key, char *value)
{
	struct check *c = arg;
	static const char place[] = "kernel command line";

	if (cmdline_key_is(key, "vfio_pci.ids"))
		look_at_ids(c, place, "vfio-pci", value);
	else if (cmdline_key_is(key, "pci_stub.ids"))
		look_at_ids(c, place, "pci-stub", value);
	else if (cmdline_key_is(key, "module_blacklist") && names_vfio(value))
		answer(c, ANSWER_PROBLEM, "remove it",
		       "%s: module_blacklist= keeps VFIO out of the kernel", place);
	else if ((cmdline_key_is(key, "rd.driver.pre") || cmdline_key_is(key, "modules_load") ||
		  cmdline_key_is(key, "rd.modules_load")) &&
		 names_vfio(value))
		answer(c, ANSWER_WARNING, NOT_NEEDED, "%s: %s= loads modules of VFIO", place, key);
}

static void look_at_options(struct check *c, const struct modprobe_line *l)
{
	char *rest = l->rest, *word;
	const char *driver = check_module_is(l->module, "vfio_pci")   ? "vfio-pci"
			     : check_module_is(l->module, "pci_stub") ? "pci-stub"
								      : NULL;

	while (driver && (word = strtok_r(rest, " \t", &rest)))
		if (strncmp(word, "ids=", 4) == 0)
			look_at_ids(c, l->place, driver, word + 4);
}

static void look_at_statement(void *arg, const struct modprobe_line *l)
{
	struct check *c = arg;

	if (strcmp(l->statement, "options") == 0)
		look_at_options(c, l);
	else if (strcmp(l->statement, "install") == 0 &&
		 (is_vfio(l->module) || strstr(l->rest, "vfio") ||
		  strstr(l->rest, "driver_override")))
		answer(c, ANSWER_WARNING,
		       "remove it: the boot does not run it, a later modprobe does",
		       "%s: install %s runs a command of its own", l->place, l->module);
	else if (strcmp(l->statement, "blacklist") == 0 && is_vfio(l->module))
		answer(c, ANSWER_WARNING, "remove it",
		       "%s: %s is on a blacklist, which the policy overrules", l->place, l->module);
	else if ((strcmp(l->statement, "softdep") == 0 || strcmp(l->statement, "alias") == 0) &&
		 strstr(l->rest, "vfio"))
		answer(c, ANSWER_WARNING, NOT_NEEDED, "%s: %s for %s loads VFIO", l->place,
		       l->statement, l->module);
}

struct list_file {
	struct check *check;
	const char *rel;
	bool script;
};

/* A list of modules, a generator's configuration, or a script. One line of a file is enough to
 * know. */
static int list_line(void *arg, unsigned int number, char *text)
{
	const struct list_file *f = arg;
	bool found = f->script ? strstr(text, "driver_override") || strstr(text, "vfio-pci") ||
					 strstr(text, "vfio_pci")
			       : strstr(text, "vfio") != NULL;

	text += strspn(text, " \t");
	if (*text == '#' || !found || strstr(text, "vfio-early"))
		return 0;
	answer(f->check, ANSWER_WARNING, NOT_NEEDED, "/%s:%u: %s", f->rel, number,
	       f->script ? "binds devices to VFIO by itself" : "loads modules of VFIO");
	return 1;
}

static const struct list_dir {
	const char *dir;
	const char *suffix;
	bool script;
} list_dirs[] = {
	{ "etc/modules-load.d", ".conf", false },
	{ "etc/mkinitcpio.conf.d", ".conf", false },
	{ "etc/dracut.conf.d", ".conf", false },
	{ "etc/udev/rules.d", ".rules", true },
	{ "etc/initramfs-tools/scripts/init-top", "", true },
	{ "etc/initramfs-tools/scripts/init-premount", "", true },
	{ "etc/initcpio/hooks", "", true },
};

struct list_at {
	struct check *check;
	const struct list_dir *dir;
};

static int list_in_dir(void *arg, const char *name)
{
	const struct list_at *at = arg;
	char rel[FILES_PATH];
	struct list_file f = { at->check, rel, at->dir->script };

	(void)snprintf(rel, sizeof(rel), "%s/%.255s", at->dir->dir, name);
	if (strstr(name, at->dir->suffix) && !strstr(name, "vfio-early"))
		(void)!files_lines(&at->check->o->root, rel, list_line, &f);
	return 0;
}

static void look_at_lists(struct check *c)
{
	static const char *const files[] = { "etc/modules", "etc/initramfs-tools/modules",
					     "etc/mkinitcpio.conf", "etc/dracut.conf" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(files); i++)
		(void)!files_lines(&c->o->root, files[i], list_line,
				   &(struct list_file){ c, files[i], false });
	for (i = 0; i < ARRAY_LEN(list_dirs); i++)
		(void)!files_names(&c->o->root, list_dirs[i].dir, list_in_dir,
				   &(struct list_at){ c, &list_dirs[i] });
}

/* "pci-0000:01:00.0", and in it the driver. */
static int look_at_driverctl(void *arg, const char *name)
{
	struct check *c = arg;
	char rel[FILES_PATH], driver[DRIVER_NAME];
	struct pci_addr addr;
	const char *why;
	bool vfio, claimed;

	if (strncmp(name, "pci-", 4) != 0 || addr_parse(name + 4, &addr, &why) < 0)
		return 0;
	(void)snprintf(rel, sizeof(rel), DRIVERCTL "/%s", name);
	if (files_first(&c->o->root, rel, driver, sizeof(driver)) < 0)
		driver[0] = '\0';
	vfio = is_vfio(driver);
	claimed = check_claims(c, inventory_find(&c->d.inv, &addr));
	answer(c, vfio == claimed ? ANSWER_WARNING : ANSWER_PROBLEM,
	       "remove it: driverctl unset-override",
	       "/%s: driverctl gives %s to %s, the policy %s it", rel, name + 4, driver,
	       claimed ? "claims" : "leaves");
	return 0;
}

void check_leftovers(struct check *c)
{
	check_cmdline(c, look_at_word, c);
	modprobe_each(&c->o->root, look_at_statement, c);
	look_at_lists(c);
	(void)!files_names(&c->o->root, DRIVERCTL, look_at_driverctl, c);
	if (!c->shown)
		answer(c, ANSWER_OK, NULL, "nothing else tries to bind devices to vfio-pci");
}
