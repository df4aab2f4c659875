/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operator/pin_say.h"

#include <string.h>

#include "text.h"

#define NAMED_AT_MOST 4

/* A list of devices in words, cut after a few. */
struct list {
	char text[PROBLEM_TEXT / 2 + 32];
	unsigned int devs;
};

static void add(struct list *l, const struct pci_dev *d, bool with_class)
{
	char addr[ADDR_TEXT];

	if (++l->devs > NAMED_AT_MOST)
		return;
	addr_format(&d->addr, addr);
	text_append(l->text, sizeof(l->text), "%s%s", l->devs > 1 ? ", " : "", addr);
	if (with_class)
		text_append(l->text, sizeof(l->text), " %s", class_name(d->class));
	if (with_class && d->driver[0])
		text_append(l->text, sizeof(l->text), " (%.16s)", d->driver);
}

static const char *finish(struct list *l)
{
	if (l->devs > NAMED_AT_MOST)
		text_append(l->text, sizeof(l->text), " and %u more", l->devs - NAMED_AT_MOST);
	return l->text;
}

static void say_twins(struct problems *notes, const struct inventory *inv, int dev)
{
	struct list twins = { .devs = 0 };
	char addr[ADDR_TEXT];
	size_t i;

	for (i = 0; i < inv->devs; i++)
		if ((int)i != dev && id_matches(&inv->dev[dev].id, &inv->dev[i].id))
			add(&twins, &inv->dev[i], false);
	if (!twins.devs)
		return;
	addr_format(&inv->dev[dev].addr, addr);
	problems_add(notes, EXIT_DONE, NULL,
		     "note: %s has an identical twin: %s; only the address tells them apart", addr,
		     finish(&twins));
}

static void say_console(struct problems *notes, const struct group *g)
{
	char addr[ADDR_TEXT];
	size_t i;

	for (i = 0; i < g->members; i++) {
		if (!group_dev(g, i)->boot_display)
			continue;
		addr_format(&group_dev(g, i)->addr, addr);
		problems_add(notes, EXIT_DONE, NULL,
			     "note: %s is the boot display: the host's console goes with it", addr);
	}
}

/* The other functions of the card are what a person expects; the rest of the group is not. */
static void say_others(struct problems *notes, const struct group *g, int dev)
{
	const struct pci_dev *self = &g->plan->inv->dev[dev];
	struct list others = { .devs = 0 };
	size_t i;

	for (i = 0; i < g->members; i++)
		if (!class_is_bridge(group_dev(g, i)->class) &&
		    !addr_same_slot(&group_dev(g, i)->addr, &self->addr))
			add(&others, group_dev(g, i), true);
	for (i = 0; i < g->members; i++)
		if (group_dev(g, i) != self &&
		    addr_same_slot(&group_dev(g, i)->addr, &self->addr) &&
		    class_is_platform(group_dev(g, i)->class))
			add(&others, group_dev(g, i), true);
	if (others.devs)
		problems_add(notes, EXIT_DONE, NULL,
			     "note: group %d also holds %s: the claim takes that too",
			     (int)g->number, finish(&others));
}

void pin_say(struct problems *notes, const struct group *g, int dev)
{
	say_twins(notes, g->plan->inv, dev);
	say_console(notes, g);
	say_others(notes, g, dev);
}
