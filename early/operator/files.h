/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads text files line by line, folders in the order of their names, and links, below a root.
 * Bounded in every direction. Knows nothing of what it reads; hands over buffers of its own that
 * are gone after the call.
 */
#pragma once

#include "root.h"

#define FILES_LINE 8192 /* what is longer is cut */
#define FILES_BYTES (4U << 20) /* of one file; the rest is not read */
#define FILES_NAMES 16384 /* of one folder */
#define FILES_PATH 512

/* Calls line(arg, number, text) for each line, from 1, without its newline. Stops at the first
 * value other than 0 and returns it. -errno where it cannot be read. Regular files and those of the
 * kernel only. */
int files_lines(const struct root *r, const char *rel,
		int (*line)(void *arg, unsigned int number, char *text), void *arg) must_check;

/* The same for the names in a folder, sorted, without those that begin with a dot. -E2BIG where
 * there are too many. */
int files_names(const struct root *r, const char *rel, int (*found)(void *arg, const char *name),
		void *arg) must_check;

/* What the link says. 0 or -errno. */
int files_link(const struct root *r, const char *rel, char *buf, size_t size) must_check;

/* The file's first line, or what fits of it. Its length or -errno. */
int files_first(const struct root *r, const char *rel, char *buf, size_t size) must_check;
