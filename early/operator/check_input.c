/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions about what a person needs: a keyboard, a mouse, the way in over the network. */
#include "operator/check.h"

#include <stdio.h>
#include <string.h>

#include "operator/files.h"

#define INPUT_CLASS "sys/class/input"
#define NET_CLASS "sys/class/net"
#define ROUTES "proc/net/route"
#define LAYERS 6 /* bridge, VLAN, bond */

struct inputs {
	struct check *check;
	unsigned int seen;
	int claimed; /* a device with a keyboard, or -1 */
	bool stays; /* another keyboard is on no claimed device */
};

/* The last word of a bitmap holds its first 64 bits. */
static uint64_t first_bits(const struct root *r, const char *name, const char *kind)
{
	char rel[FILES_PATH], text[512];
	const char *word;

	(void)snprintf(rel, sizeof(rel), INPUT_CLASS "/%.60s/capabilities/%s", name, kind);
	if (files_first(r, rel, text, sizeof(text)) <= 0)
		return 0;
	word = strrchr(text, ' ');
	return strtoull(word ? word : text, NULL, 16);
}

static int look_at_input(void *arg, const char *name)
{
	struct inputs *in = arg;
	struct check *c = in->check;
	char rel[FILES_PATH], path[FILES_PATH], addr[ADDR_TEXT];
	bool keyboard, mouse;
	int dev;

	(void)snprintf(rel, sizeof(rel), INPUT_CLASS "/%.60s", name);
	if (strncmp(name, "input", 5) != 0 || files_link(&c->o->root, rel, path, sizeof(path)) < 0)
		return 0;
	in->seen++;
	/* Escape, the digits and the letters of the first rows; two relative axes. */
	keyboard = (first_bits(&c->o->root, name, "key") & 0xfffffffeU) == 0xfffffffeU;
	mouse = (first_bits(&c->o->root, name, "rel") & 3) == 3;
	dev = check_claimed_in_path(c, path);
	if (dev < 0) {
		in->stays |= keyboard;
	} else if (keyboard) {
		in->claimed = dev;
	} else if (mouse) {
		answer(c, ANSWER_WARNING, "plug it in elsewhere if the host needs it",
		       "a mouse is on %s", check_addr(c, dev, addr));
	}
	return 0;
}

struct volumes {
	const struct root *root;
	bool luks;
};

static int look_for_luks(void *arg, const char *name)
{
	struct volumes *v = arg;

	v->luks = check_is_luks(v->root, name);
	return v->luks;
}

void check_input(struct check *c)
{
	struct inputs in = { .check = c, .claimed = -1 };
	struct volumes v = { .root = &c->o->root };
	char addr[ADDR_TEXT];

	if (check_next_claimed(c, 0) >= 0)
		(void)!files_names(&c->o->root, INPUT_CLASS, look_at_input, &in);
	if (in.claimed >= 0 && in.stays)
		answer(c, ANSWER_WARNING, "plug it in elsewhere if the host needs it",
		       "a keyboard is on %s; another one stays", check_addr(c, in.claimed, addr));
	if (in.claimed >= 0 && !in.stays) {
		(void)!files_names(&c->o->root, "sys/class/block", look_for_luks, &v);
		answer(c, v.luks ? ANSWER_PROBLEM : ANSWER_WARNING,
		       "plug a keyboard in elsewhere, or have another way in",
		       "the only keyboard is on %s%s", check_addr(c, in.claimed, addr),
		       v.luks ? ": nobody can type a passphrase at boot" : "");
	}
	if (!in.seen && check_next_claimed(c, 0) >= 0)
		answer(c, ANSWER_UNKNOWN, NULL, "no input device was found");
	else if (!c->shown)
		answer(c, ANSWER_OK, NULL, "no keyboard or mouse is behind a claimed device");
}

struct routes {
	struct check *check;
	char interface[64];
	unsigned int depth, seen;
};

static int look_below(void *arg, const char *name);

static void look_at_interface(struct routes *n, const char *name)
{
	struct check *c = n->check;
	char rel[FILES_PATH], path[FILES_PATH], addr[ADDR_TEXT];
	int dev;

	(void)snprintf(rel, sizeof(rel), NET_CLASS "/%.60s", name);
	if (n->depth >= LAYERS || files_link(&c->o->root, rel, path, sizeof(path)) < 0)
		return;
	n->seen++;
	dev = check_claimed_in_path(c, path);
	if (dev >= 0)
		answer(c, ANSWER_WARNING, "have another way in",
		       "%s carries the default route (%s)", check_addr(c, dev, addr), n->interface);
	n->depth++;
	(void)!files_names(&c->o->root, rel, look_below, n);
	n->depth--;
}

/* What a bridge, a bond or a VLAN is made of: links lower_NAME. */
static int look_below(void *arg, const char *name)
{
	if (strncmp(name, "lower_", 6) == 0)
		look_at_interface(arg, name + 6);
	return 0;
}

/* "eth0    00000000    0101A8C0 ..." */
static int route_line(void *arg, unsigned int number, char *text)
{
	struct routes *n = arg;
	char *rest, *name = strtok_r(text, "\t ", &rest);
	const char *to = name ? strtok_r(NULL, "\t ", &rest) : NULL;

	if (number == 1 || !to || strcmp(to, "00000000") != 0)
		return 0;
	(void)snprintf(n->interface, sizeof(n->interface), "%s", name);
	n->depth = 0;
	look_at_interface(n, name);
	return 0;
}

void check_network(struct check *c)
{
	struct routes n = { .check = c };

	if (check_next_claimed(c, 0) < 0) {
		answer(c, ANSWER_OK, NULL, "nothing is claimed");
		return;
	}
	(void)!files_lines(&c->o->root, ROUTES, route_line, &n);
	if (!n.seen)
		answer(c, ANSWER_UNKNOWN, NULL, "there is no default route now");
	else if (!c->shown)
		answer(c, ANSWER_OK, NULL, "the default route is not over a claimed device");
}
