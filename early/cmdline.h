/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Splits a kernel command line the way the kernel does: words at white space, double quotes around
 * a value or a whole word, nothing after "--". Knows no key.
 */
#pragma once

#include "attrs.h"

struct cmdline_word {
	char *key;
	char *value; /* NULL where the word has no '=' */
};

/* The next word of text, or 0 at the end. Cuts text up in place. Start with *rest = text. */
int cmdline_next(char **rest, struct cmdline_word *word) must_check;

/* If key is name followed by nothing or by ".suffix", returns the suffix ("" for nothing), else
 * NULL. '-' and '_' are alike. */
const char *cmdline_suffix(const char *key, const char *name);

/* Equality with '-' and '_' alike. */
int cmdline_key_is(const char *key, const char *name);
