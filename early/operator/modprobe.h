/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The statements of modprobe.d, with the place of each: what libkmod does not tell. A file of a
 * directory that counts more hides one of the same name. Knows no module.
 */
#pragma once

#include "root.h"

struct modprobe_line {
	const char *place; /* "/etc/modprobe.d/vfio.conf:3" */
	const char *statement; /* "options" */
	const char *module;
	char *rest; /* maybe empty; may be cut up */
};

/* What cannot be read is left out. */
void modprobe_each(const struct root *r, void (*found)(void *arg, const struct modprobe_line *line),
		   void *arg);
