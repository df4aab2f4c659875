// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The private channel and the words on it. It knows a serial port. It must not know what is tested.
 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static int channel = -1;

int say_open(const char *tty)
{
	struct termios tio;

	channel = open(tty, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (channel < 0)
		return -1;
	if (tcgetattr(channel, &tio) == 0) {
		cfmakeraw(&tio);
		tcsetattr(channel, TCSANOW, &tio);
	}
	return 0;
}

void say_end(void)
{
	tcdrain(channel);
	close(channel);
	channel = -1;
}

/* One line of printable bytes, in one write: children say something too. */
static void line(const char *verdict, const char *name, const char *detail)
{
	char text[1024];
	int n = snprintf(text, sizeof(text) - 1, "%s%s%s", verdict, name, detail);

	if (n > (int)sizeof(text) - 2)
		n = (int)sizeof(text) - 2;
	for (int i = 0; i < n; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			text[i] = '?';
	text[n] = '\n';
	if (write(channel, text, (size_t)n + 1) < 0)
		return;
}

void say(const char *fmt, ...)
{
	char text[900];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	line("", text, "");
}

#define NAME_OF(buf, fmt)                             \
	do {                                          \
		va_list ap;                           \
		va_start(ap, fmt);                    \
		vsnprintf(buf, sizeof(buf), fmt, ap); \
		va_end(ap);                           \
	} while (0)

static bool verdict(bool good, const char *name, const char *detail)
{
	line(good ? "ok " : "not ok ", name, good ? "" : detail);
	return good;
}

bool check(bool good, const char *fmt, ...)
{
	char name[400];

	NAME_OF(name, fmt);
	return verdict(good, name, "");
}

bool succeeds(long rc, const char *fmt, ...)
{
	int error = rc < -1 ? (int)-rc : errno;
	char name[400], detail[100];

	NAME_OF(name, fmt);
	snprintf(detail, sizeof(detail), ": %s", strerror(error));
	return verdict(rc >= 0, name, detail);
}

bool fails(long rc, int expected, const char *fmt, ...)
{
	int error = rc < -1 ? (int)-rc : errno;
	char name[400], detail[200];

	NAME_OF(name, fmt);
	snprintf(detail, sizeof(detail), ": got %ld (%s), expected %s", rc,
		 rc < 0 ? strerror(error) : "success", strerror(expected));
	return verdict(rc < 0 && error == expected, name, detail);
}

bool equals(long long got, long long expected, const char *fmt, ...)
{
	char name[400], detail[100];

	NAME_OF(name, fmt);
	snprintf(detail, sizeof(detail), ": got %lld, expected %lld", got, expected);
	return verdict(got == expected, name, detail);
}

bool same_text(const char *got, const char *expected, const char *fmt, ...)
{
	char name[400], detail[400];

	NAME_OF(name, fmt);
	snprintf(detail, sizeof(detail), ": got '%.150s', expected '%.150s'", got, expected);
	return verdict(strcmp(got, expected) == 0, name, detail);
}
