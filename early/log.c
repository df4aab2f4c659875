/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "attr.h"

static const char BEFORE[] = "<0>vfio-early: ";

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

void log_line(struct log *l, enum log_level level, const char *format, ...)
{
	int saved = errno;
	char line[400];
	size_t used, len;
	va_list ap;

	if (l->lines == LOG_LINES)
		return;
	l->lines++;
	memcpy(line, BEFORE, sizeof(BEFORE));
	line[1] = (char)('0' + level);
	used = sizeof(BEFORE) - 1;
	va_start(ap, format);
	(void)vsnprintf(line + used, sizeof(line) - used - 1, format, ap);
	va_end(ap);
	len = strlen(line);
	for (; used < len; used++)
		if (line[used] < 0x20 || line[used] > 0x7e)
			line[used] = '?';
	line[len] = '\n';
	used = l->kernel ? 0 : LEVEL_TEXT;
	(void)!write_all(l->fd, line + used, len + 1 - used);
	errno = saved;
}

void log_close(struct log *l)
{
	if (l->kernel)
		(void)close(l->fd);
	l->fd = -1;
}
