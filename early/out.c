/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "attr.h"
#include "text.h"

void out_start(struct out *o, int fd)
{
	o->fd = fd;
	o->error = 0;
	o->used = 0;
}

int out_flush(struct out *o)
{
	int r = o->error ? 0 : write_all(o->fd, o->buf, o->used);

	if (r < 0)
		o->error = r;
	o->used = 0;
	return o->error;
}

static void put(struct out *o, const char *s, size_t len)
{
	while (len) {
		size_t room = sizeof(o->buf) - o->used;
		size_t n = len < room ? len : room;

		memcpy(o->buf + o->used, s, n);
		o->used += n;
		s += n;
		len -= n;
		if (o->used == sizeof(o->buf) && out_flush(o) < 0)
			return;
	}
}

void out_text(struct out *o, const char *s)
{
	put(o, s, strlen(s));
}

void out_printf(struct out *o, const char *format, ...)
{
	char line[512];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (n > 0)
		put(o, line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
}

void out_number(struct out *o, uint64_t value)
{
	char text[24];

	(void)text_put_number(text, text + sizeof(text), value);
	out_text(o, text);
}

void out_hex(struct out *o, uint64_t value, unsigned int digits)
{
	char text[16];
	char *at = text;

	if (digits > 8 || value >> 32) {
		at = text_hex(at, (uint32_t)(value >> 32), digits > 8 ? digits - 8 : 1);
		digits = 8;
	}
	put(o, text, (size_t)(text_hex(at, (uint32_t)value, digits) - text));
}

/* special: one or two characters. */
static void put_escaped(struct out *o, const char *s, const char *special, const char *form)
{
	const char *plain = s; /* what may go out as it is begins here */

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		char escaped[8];

		if (c >= 0x20 && c < 0x7f && *s != special[0] && *s != special[1])
			continue;
		put(o, plain, (size_t)(s - plain));
		plain = s + 1;
		if (c >= 0x20 && c < 0x7f)
			(void)snprintf(escaped, sizeof(escaped), "\\%c", c);
		else
			(void)snprintf(escaped, sizeof(escaped), form, c);
		out_text(o, escaped);
	}
	put(o, plain, (size_t)(s - plain));
}

void out_escaped(struct out *o, const char *s)
{
	put_escaped(o, s, "\\", "\\x%02x");
}

void out_key(struct out *o, const char *key, const char *value)
{
	out_text(o, key);
	put(o, "=", 1);
	out_escaped(o, value);
	put(o, "\n", 1);
}

void out_json(struct out *o, const char *s)
{
	if (!s) {
		out_text(o, "null");
		return;
	}
	put(o, "\"", 1);
	put_escaped(o, s, "\"\\", "\\u%04x");
	put(o, "\"", 1);
}
