/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool take_digits(const char **s, uint64_t max, uint64_t *value)
{
	uint64_t v = 0;
	const char *p = *s;

	for (; *p >= '0' && *p <= '9'; p++) {
		v = v * 10 + (uint64_t)(*p - '0');
		if (v > max)
			return false;
	}
	if (p == *s)
		return false;
	*s = p;
	*value = v;
	return true;
}

int text_u32(const char *s, uint32_t max, uint32_t *value)
{
	uint64_t v;

	if (!take_digits(&s, max, &v) || *s)
		return -EINVAL;
	*value = (uint32_t)v;
	return 0;
}

int text_size(const char *s, uint64_t *bytes)
{
	uint64_t v;
	unsigned int shift;

	if (!take_digits(&s, 1U << 20, &v))
		return -EINVAL;
	switch (*s) {
	case 'K':
		shift = 10;
		break;
	case 'M':
		shift = 20;
		break;
	case 'G':
		shift = 30;
		break;
	default:
		return -EINVAL;
	}
	if (s[1])
		return -EINVAL;
	*bytes = v << shift;
	return 0;
}

bool text_is_name(const char *s, size_t max)
{
	size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");

	return len && len <= max && !s[len];
}

const char *text_quote(const char *s, char buf[QUOTED])
{
	const size_t room = QUOTED - sizeof("\"..\"");
	size_t len = strlen(s);

	(void)snprintf(buf, QUOTED, "\"%.*s%s\"", (int)(len > room ? room : len), s,
		       len > room ? ".." : "");
	return buf;
}

char *text_next_item(char **rest)
{
	char *item = *rest;
	char *comma;

	if (!item)
		return NULL;
	comma = strchr(item, ',');
	if (comma)
		*comma = '\0';
	*rest = comma ? comma + 1 : NULL;
	return item;
}

char *text_hex(char *to, uint32_t value, unsigned int digits)
{
	while (digits < 8 && value >> 4 * digits)
		digits++;
	while (digits--)
		*to++ = "0123456789abcdef"[value >> 4 * digits & 0xf];
	return to;
}

char *text_put(char *to, const char *end, const char *s)
{
	while (*s && to < end - 1)
		*to++ = *s++;
	*to = '\0';
	return to;
}

char *text_put_number(char *to, const char *end, uint64_t value)
{
	char digits[21];
	char *first = digits + sizeof(digits) - 1;

	*first = '\0';
	do
		*--first = (char)('0' + value % 10);
	while (value /= 10);
	return text_put(to, end, first);
}

void text_join_all(char *buf, size_t size, const char *const strings[])
{
	char *at = buf;

	for (; *strings; strings++)
		at = text_put(at, buf + size, *strings);
}

void text_append(char *buf, size_t size, const char *format, ...)
{
	size_t used = strnlen(buf, size);
	va_list ap;

	if (used >= size)
		return;
	va_start(ap, format);
	(void)vsnprintf(buf + used, size - used, format, ap);
	va_end(ap);
}
