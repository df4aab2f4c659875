/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers of users and groups, for a place that has no names: the initramfs.
 *
 * In an image the names stand in the list that it was built by (MANIFEST_FILE): its own
 * /etc/passwd, if any, need not be that of the machine. Elsewhere they stand in /etc/passwd and
 * /etc/group. Knows only these files: no other source of names. Knows no policy.
 */
#pragma once

#include <stdint.h>

#include "root.h"

enum name_kind {
	NAME_USER,
	NAME_GROUP,
};

/* A number stands for itself. 0, -ESRCH where nobody has this name, or another -errno. */
int names_find(const struct root *files, enum name_kind kind, const char *name,
	       uint32_t *id) must_check;

/* True if the name is a number. */
bool names_is_number(const char *name);

/* "user" or "group" */
const char *names_kind(enum name_kind kind);
