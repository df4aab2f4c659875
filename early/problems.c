/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum exit_status status_worse(enum exit_status a, enum exit_status b)
{
	/* An internal error leaves open what happened, so it beats all but a stop. */
	if (a == EXIT_STOP || b == EXIT_STOP)
		return EXIT_STOP;
	if (a == EXIT_INTERNAL || b == EXIT_INTERNAL)
		return EXIT_INTERNAL;
	return a > b ? a : b;
}

void problems_add(struct problems *p, enum exit_status status, const char *place,
		  const char *format, ...)
{
	size_t used = 0;
	char *text;
	va_list ap;

	p->worst = status_worse(p->worst, status);
	p->count++;
	if (p->kept == PROBLEMS_KEPT)
		return;
	text = p->text[p->kept++];
	if (place) {
		(void)snprintf(text, PROBLEM_TEXT, "%.120s: ", place);
		used = strlen(text);
	}
	va_start(ap, format);
	(void)vsnprintf(text + used, PROBLEM_TEXT - used, format, ap);
	va_end(ap);
}
