/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "attr.h"
#include "text.h"

static const char BEFORE[] = "<0>vfio-early: ";

#define LINE_TEXT 400 /* with what is before it */
#define LEVEL_TEXT 3 /* the kernel log takes it off; nobody else would */

void log_open(struct log *l, const struct root *r)
{
	int fd = root_openat(r, KMSG, O_WRONLY | O_NONBLOCK | O_NOCTTY);

	l->lines = 0;
	l->kernel = fd >= 0;
	l->fd = fd >= 0 ? fd : STDERR_FILENO;
	if (fd < 0 && !r->foreign)
		log_line(l, LOG_WARNING, "cannot open /%s: %s; writing to stderr", KMSG,
			 strerror(-fd));
}

void log_text(struct log *l, enum log_level level, const char *text)
{
	int saved = errno;
	char line[LINE_TEXT], *at, *end = line + sizeof(line) - 1;

	if (l->lines == LOG_LINES)
		return;
	l->lines++;
	memcpy(line, BEFORE, sizeof(BEFORE));
	at = line + sizeof(BEFORE) - 1;
	line[1] = (char)('0' + level);
	for (; *text && at < end; text++)
		*at++ = *text < 0x20 || *text > 0x7e ? '?' : *text;
	*at++ = '\n';
	text = l->kernel ? line : line + LEVEL_TEXT;
	(void)!write_all(l->fd, text, (size_t)(at - text));
	errno = saved;
}

void log_line(struct log *l, enum log_level level, const char *format, ...)
{
	char text[LINE_TEXT];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	log_text(l, level, text);
}

void log_close(struct log *l)
{
	if (l->kernel)
		(void)close(l->fd);
	l->fd = -1;
}
