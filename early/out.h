/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small buffered writer: text, JSON strings and key=value lines to a descriptor.
 * The first error sticks and comes back from out_flush(). Does not own the descriptor.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "attrs.h"

struct out {
	int fd;
	int error; /* 0 or -errno, the first */
	size_t used;
	char buf[1024];
};

void out_start(struct out *o, int fd);
void out_text(struct out *o, const char *s);
void out_printf(struct out *o, const char *format, ...) printf_like(2, 3);
void out_number(struct out *o, uint64_t value);
/* At least so many lower-case hex digits, at most 16. */
void out_hex(struct out *o, uint64_t value, unsigned int digits);
/* The value with control characters, backslash and bytes over 0x7e escaped as \xNN. */
void out_escaped(struct out *o, const char *s);
/* "key=value\n", the value escaped: one value is one line. */
void out_key(struct out *o, const char *key, const char *value);
/* A JSON string with its quotes; NULL becomes null. */
void out_json(struct out *o, const char *s);
int out_flush(struct out *o) must_check;
