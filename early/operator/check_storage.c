/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Question: does the host use a disk that is behind a claimed device? File systems, swap, the
 * resume device and opened LUKS volumes are followed down to PCI, through device-mapper, RAID and
 * partitions. What is not mounted or opened yet is not seen.
 */
#include "operator/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "operator/files.h"

#define BLOCK_CLASS "sys/class/block"
#define BLOCK_NUMBERS "sys/dev/block"
#define BLOCK_NAME 64
#define LAYERS 8 /* LUKS on LVM on RAID is three */
#define STEPS 512 /* of one volume, in all its layers */
#define VOLUMES 64 /* that are remembered: one is often mounted in several places */

struct walk {
	struct check *check;
	const char *use; /* "/", "swap" */
	char top[BLOCK_NAME];
	char walked[VOLUMES][BLOCK_NAME];
	unsigned int volumes;
	bool encrypted;
	unsigned int depth, steps;
	bool found; /* this user could see any volume at all */
	char wanted[BLOCK_NAME], dm[BLOCK_NAME]; /* a name in /dev/mapper and what it is */
};

bool check_is_luks(const struct root *r, const char *name)
{
	char rel[FILES_PATH], uuid[16];

	(void)snprintf(rel, sizeof(rel), BLOCK_CLASS "/%.60s/dm/uuid", name);
	return files_first(r, rel, uuid, sizeof(uuid)) > 0 && strncmp(uuid, "CRYPT-", 6) == 0;
}

static void walk_block(struct walk *w, const char *name);

static int below(void *arg, const char *name)
{
	walk_block(arg, name);
	return 0;
}

/* Answers if the path leads through a claimed device. */
static void tell(struct walk *w, const char *path)
{
	int dev = check_claimed_in_path(w->check, path);
	char addr[ADDR_TEXT];

	if (dev >= 0)
		answer(w->check, ANSWER_PROBLEM, "do not claim it, or protect device=ADDRESS",
		       "%s holds %s (%s%s)", check_addr(w->check, dev, addr), w->use, w->top,
		       w->encrypted ? ", LUKS" : "");
}

/* A namespace of NVMe that may have several ways to it lies beside its controllers. */
static int way_of_nvme(void *arg, const char *name)
{
	struct walk *w = arg;
	char rel[FILES_PATH], path[FILES_PATH];

	(void)snprintf(rel, sizeof(rel), "sys/class/nvme/%.60s", name);
	if (strncmp(name, "nvme", 4) == 0 &&
	    files_link(&w->check->o->root, rel, path, sizeof(path)) == 0)
		tell(w, path);
	return 0;
}

static void look_at_path(struct walk *w, const char *path)
{
	static const char subsystems[] = "nvme-subsystem/";
	const char *subsystem = strstr(path, subsystems);
	char rel[FILES_PATH];

	tell(w, path);
	if (!subsystem)
		return;
	subsystem += sizeof(subsystems) - 1;
	(void)snprintf(rel, sizeof(rel), "sys/class/nvme-subsystem/%.*s",
		       (int)strcspn(subsystem, "/"), subsystem);
	(void)!files_names(&w->check->o->root, rel, way_of_nvme, w);
}

static void walk_block(struct walk *w, const char *name)
{
	const struct root *r = &w->check->o->root;
	char rel[FILES_PATH], path[FILES_PATH];

	if (w->depth >= LAYERS || w->steps++ >= STEPS)
		return;
	(void)snprintf(rel, sizeof(rel), BLOCK_CLASS "/%.60s", name);
	if (files_link(r, rel, path, sizeof(path)) < 0)
		return;
	w->found = true;
	w->depth++;
	w->encrypted |= check_is_luks(r, name);
	look_at_path(w, path);
	/* A partition of a RAID has the members one folder up. */
	(void)snprintf(rel, sizeof(rel), BLOCK_CLASS "/%.60s/slaves", name);
	if (files_names(r, rel, below, w) == -ENOENT) {
		(void)snprintf(rel, sizeof(rel), BLOCK_CLASS "/%.60s/../slaves", name);
		(void)!files_names(r, rel, below, w);
	}
	w->depth--;
}

static void walk_from(struct walk *w, const char *name, const char *use)
{
	unsigned int i;

	for (i = 0; i < w->volumes; i++)
		if (strcmp(w->walked[i], name) == 0)
			return;
	if (w->volumes < VOLUMES)
		(void)snprintf(w->walked[w->volumes++], BLOCK_NAME, "%.63s", name);
	w->use = use;
	w->encrypted = false;
	w->depth = w->steps = 0;
	(void)snprintf(w->top, sizeof(w->top), "%s", name);
	walk_block(w, name);
}

static int is_wanted(void *arg, const char *name)
{
	struct walk *w = arg;
	char rel[FILES_PATH], text[BLOCK_NAME];

	(void)snprintf(rel, sizeof(rel), BLOCK_CLASS "/%.60s/dm/name", name);
	if (files_first(&w->check->o->root, rel, text, sizeof(text)) <= 0 ||
	    strcmp(text, w->wanted) != 0)
		return 0;
	(void)snprintf(w->dm, sizeof(w->dm), "%s", name);
	return 1;
}

/* "/dev/sda2", or "/dev/mapper/NAME", whose real name device-mapper knows. */
static void walk_node(struct walk *w, const char *node, const char *use)
{
	static const char mapper[] = "dev/mapper/";
	const char *name = strrchr(node, '/'), *at = strstr(node, mapper);

	if (node[0] != '/' || !name)
		return;
	if (!at) {
		walk_from(w, name + 1, use);
		return;
	}
	(void)snprintf(w->wanted, sizeof(w->wanted), "%s", at + sizeof(mapper) - 1);
	if (files_names(&w->check->o->root, BLOCK_CLASS, is_wanted, w) > 0)
		walk_from(w, w->dm, use);
}

/* "8:2" */
static void walk_number(struct walk *w, const char *number, const char *use)
{
	char rel[FILES_PATH], path[FILES_PATH];
	const char *name;

	(void)snprintf(rel, sizeof(rel), BLOCK_NUMBERS "/%.30s", number);
	if (files_link(&w->check->o->root, rel, path, sizeof(path)) < 0)
		return;
	name = strrchr(path, '/');
	walk_from(w, name ? name + 1 : path, use);
}

/* "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw". btrfs has a number of its own,
 * 0:N, and names its device at the end. */
static int mount_line(void *arg, unsigned int number, char *text)
{
	char *rest, *word = strtok_r(text, " ", &rest), *dev = NULL, *where = NULL;
	unsigned int i;

	(void)number;
	for (i = 0; word && strcmp(word, "-") != 0; i++) {
		dev = i == 2 ? word : dev;
		where = i == 4 ? word : where;
		word = strtok_r(NULL, " ", &rest);
	}
	if (!dev || !where || !word)
		return 0;
	(void)strtok_r(NULL, " ", &rest);
	word = strtok_r(NULL, " ", &rest);
	if (strncmp(dev, "0:", 2) != 0)
		walk_number(arg, dev, where);
	else if (word)
		walk_node(arg, word, where);
	return 0;
}

/* "/dev/dm-2    partition    16777212    0    -2" */
static int swap_line(void *arg, unsigned int number, char *text)
{
	text[strcspn(text, " \t")] = '\0';
	if (number > 1)
		walk_node(arg, text, "swap");
	return 0;
}

static int open_luks(void *arg, const char *name)
{
	struct walk *w = arg;

	if (check_is_luks(&w->check->o->root, name))
		walk_from(w, name, "an open LUKS volume");
	return 0;
}

void check_storage(struct check *c)
{
	const struct root *r = &c->o->root;
	struct walk w = { .check = c };
	char resume[32];

	if (check_next_claimed(c, 0) < 0) {
		answer(c, ANSWER_OK, NULL, "nothing is claimed");
		return;
	}
	(void)!files_lines(r, "proc/self/mountinfo", mount_line, &w);
	(void)!files_lines(r, "proc/swaps", swap_line, &w);
	if (files_first(r, "sys/power/resume", resume, sizeof(resume)) > 0)
		walk_number(&w, resume, "the resume device");
	(void)!files_names(r, BLOCK_CLASS, open_luks, &w);
	if (!w.found)
		answer(c, ANSWER_UNKNOWN, NULL, "no disk was found that is in use");
	else if (!c->shown)
		answer(c, ANSWER_OK, NULL, "no disk of the host is behind a claimed device");
}
