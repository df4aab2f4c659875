/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes the list of modules that modlist.c reads at boot, by what libkmod says of that kernel.
 */
#pragma once

#include "modlist.h"
#include "modload.h"

/* The lines "kernel" and "load", or "" where there can be no list. kernel: NULL for the running
 * one. 0 or -errno. */
int modlist_make(struct modload *modules, const char *kernel, char lines[MODLIST_TEXT]) must_check;
