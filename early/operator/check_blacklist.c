/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host drivers on a blacklist. For a device that the policy claims that is not needed; a display
 * that the policy leaves may have no driver because of it.
 */
#include "operator/check.h"

#include <stdio.h>
#include <string.h>

#include "cmdline.h"
#include "operator/modprobe.h"
#include "text.h"
#include "variant.h"

#define DRIVERS_MAX 128

/* What could drive the devices that matter, by the aliases of the kernel's modules. */
struct drivers {
	struct check *check;
	size_t used;
	struct driver {
		char name[DRIVER_NAME];
		int claimed, idle; /* a device, or -1; idle: of the host and without a driver */
	} driver[DRIVERS_MAX];
	int dev; /* the one that is being looked at */
};

static int add_driver(void *arg, const char *name)
{
	struct drivers *d = arg;
	struct driver *at;
	size_t i;

	for (i = 0; i < d->used && strcmp(d->driver[i].name, name) != 0;)
		i++;
	if (i == d->used && d->used == DRIVERS_MAX)
		return 0;
	at = &d->driver[i];
	if (i == d->used) {
		(void)snprintf(at->name, sizeof(at->name), "%s", name);
		at->claimed = at->idle = -1;
		d->used++;
	}
	if (check_claims(d->check, d->dev))
		at->claimed = d->dev;
	else if (!d->check->d.inv.dev[d->dev].driver[0])
		at->idle = d->dev;
	return 0;
}

static void look_at_devices(struct drivers *d)
{
	struct check *c = d->check;
	char alias[VARIANT_ALIAS];
	size_t i;

	for (i = 0; i < c->d.inv.devs; i++) {
		d->dev = (int)i;
		if (!check_claims(c, d->dev) && !class_is_display(c->d.inv.dev[i].class))
			continue;
		variant_alias(&c->d.inv.dev[i], alias);
		modload_offers(&c->modules, alias, add_driver, d);
	}
}

/* The framebuffer drivers are on the blacklist that distributions bring along. */
static bool is_stock(const char *name)
{
	size_t len = strlen(name);

	return len > 2 && strcmp(name + len - 2, "fb") == 0;
}

static void look_at_name(struct drivers *d, const char *place, const char *name)
{
	char addr[ADDR_TEXT];
	size_t i;

	for (i = 0; i < d->used && !is_stock(name); i++) {
		const struct driver *at = &d->driver[i];

		if (!check_module_is(name, at->name))
			continue;
		if (at->idle >= 0)
			answer(d->check, ANSWER_WARNING,
			       "remove it: the claims hold without, and the host's card gets its "
			       "driver",
			       "%s: %s is off, and %s of the host has no driver", place, name,
			       check_addr(d->check, at->idle, addr));
		else if (at->claimed >= 0)
			answer(d->check, ANSWER_WARNING, "remove it unless something else wants it",
			       "%s: %s is off, which the claim of %s does not need", place, name,
			       check_addr(d->check, at->claimed, addr));
	}
}

static void look_at_statement(void *arg, const struct modprobe_line *l)
{
	if (strcmp(l->statement, "blacklist") == 0)
		look_at_name(arg, l->place, l->module);
}

static void look_at_word(void *arg, char *key, char *value)
{
	const char *name;

	if (!cmdline_key_is(key, "module_blacklist") &&
	    !cmdline_key_is(key, "modprobe.blacklist") &&
	    !cmdline_key_is(key, "rd.driver.blacklist"))
		return;
	while ((name = text_next_item(&value)))
		look_at_name(arg, "kernel command line", name);
}

void check_blacklist(struct check *c)
{
	auto_free struct drivers *d = calloc(1, sizeof(*d));

	if (!d || c->index_error < 0) {
		answer(c, ANSWER_UNKNOWN, NULL, "without a module index nobody can tell");
		return;
	}
	d->check = c;
	look_at_devices(d);
	check_cmdline(c, look_at_word, d);
	modprobe_each(&c->o->root, look_at_statement, d);
	if (!c->shown)
		answer(c, ANSWER_OK, NULL,
		       "no driver of a claimed device or of the host's display is off");
}
