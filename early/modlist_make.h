/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes the list of modules that modlist.c reads at boot: for an image of this system, by what
 * libkmod says of it now. Where a boot might have to load anything else, there is no list.
 */
#pragma once

#include "modlist.h"
#include "modload.h"

/* The lines "kernel" and "load", or "" where there can be no list. 0 or -errno. */
int modlist_make(const struct root *r, struct modload *modules, const char *kernel,
		 char lines[MODLIST_TEXT]) must_check;
