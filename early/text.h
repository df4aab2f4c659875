/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words and numbers: what the policy, the kernel command line and the reports share.
 * Pure: no file, no PCI.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attrs.h"

#define QUOTED 48 /* room for text_quote() */

/* Decimal digits only, at most max. 0 or -EINVAL. */
int text_u32(const char *s, uint32_t max, uint32_t *value) must_check;

/* A number with K, M or G behind it ("64M"), in bytes. 0 or -EINVAL. */
int text_size(const char *s, uint64_t *bytes) must_check;

/* 1 to max characters out of letters, digits, '_', '-', '.'. */
bool text_is_name(const char *s, size_t max);

/* Copies s between double quotes, cut with ".." where it is long. Whoever prints it escapes it. */
const char *text_quote(const char *s, char buf[QUOTED]);

/* The next word of a comma-separated list, or NULL at its end. Cuts the list up in place; keeps
 * empty elements. Start with *rest = list. */
char *text_next_item(char **rest);

/* Writes the number as at least so many lower-case hex digits, without a NUL. The place behind. */
char *text_hex(char *to, uint32_t value, unsigned int digits);

/* Appends s, and NUL behind it, to what is before to; cuts what does not fit before end. The place
 * of the NUL. */
char *text_put(char *to, const char *end, const char *s);

/* The same with a decimal number. */
char *text_put_number(char *to, const char *end, uint64_t value);

/* All the strings, one behind the other, into a buffer; cuts what does not fit. What a boot says
 * when all goes well is made with this: printf costs it pages. */
#define text_join(buf, size, ...) \
	text_join_all(buf, size, (const char *const[]){ __VA_ARGS__, NULL })
void text_join_all(char *buf, size_t size, const char *const strings[]);

/* Appends to a string in a buffer, in the manner of snprintf; cuts what does not fit. */
void text_append(char *buf, size_t size, const char *format, ...) printf_like(3, 4);
