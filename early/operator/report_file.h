/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the report that report.c writes. Bounded, and strict: a line that report.c would not write
 * makes the whole report damaged, and one without its last line is not used. Knows the form, and
 * no key but that one.
 *
 * struct report owns its text and its arrays: report_free(). Values are as they were before they
 * were escaped: whoever prints one escapes it again.
 */
#pragma once

#include "root.h"

struct report_block {
	size_t first, lines;
};

struct report {
	char *text;
	char **line; /* "key\0value\0" */
	size_t lines;
	struct report_block *block;
	size_t blocks;
};

/* Reads WHERE/report, WHERE relative to the root. 0, -ENOENT, -EPERM: it is not root's; -EBADMSG:
 * damaged; -ENODATA: cut off; or another -errno. */
int report_read(struct report *r, const struct root *root, const char *where) must_check;
/* The same from text that ends with NUL at len, and that it takes over. */
int report_parse(struct report *r, char *text, size_t len) must_check;
void report_free(struct report *r);

/* The first key of a block: "version", "problem", "policy", "rule", "device", "kvmfr" or
 * "end". */
const char *report_kind(const struct report *r, size_t block);
bool report_is(const struct report *r, size_t block, const char *kind);
/* The value of a key in a block; "" where there is none. */
const char *report_value(const struct report *r, size_t block, const char *key);
