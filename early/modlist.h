/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The modules of vfio-pci as they were found when the image was made: the lines "kernel" and "load"
 * at the head of MANIFEST_FILE. A line "load FILE..." is a step: its files need only those of the
 * lines before, and not each other, so that two processors load them side by side.
 *
 * What libkmod would find again at each boot, at a third of what a claim costs. The list is never
 * the authority: where anything does not fit, the caller asks libkmod, which begins anew. Knows no
 * index of modules, and of modprobe.d only whether it speaks of one of these (modlist_overruled.c).
 * modlist_make.c writes what is read here.
 */
#pragma once

#include "root.h"

#define MODLIST_LOAD "load "
#define MODLIST_TEXT 1024 /* all of its lines; a longer list is not made and not read */
#define MODLIST_STEP 8U /* files in a line; the same */

/* Loads vfio_iommu_type1, vfio-pci and what they need. r has /proc, files the list and the modules.
 * 0 when all of them are in the kernel; else -errno: what was loaded stays, ask libkmod. */
int modlist_load(const struct root *r, const struct root *files) must_check;

/* True if the kernel command line or modprobe.d in the image has a parameter for one of the modules
 * of these lines, or if that cannot be seen at a glance: libkmod knows what to make of it. */
bool modlist_overruled(const struct root *r, const struct root *files, const char *lines);

/* The start of a file, with NUL behind it: as much as fits. -E2BIG where something was left. */
int modlist_read(const struct root *r, const char *rel, char *buf, size_t size) must_check;
