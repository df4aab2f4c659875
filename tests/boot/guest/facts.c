// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The private channel and the readers that the other guest files share.
 * It knows a serial port and /proc/cmdline. It must not know PCI, VFIO or vfio-early.
 */
#include "facts.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static int channel = -1;

int facts_open(const char *tty)
{
	struct termios tio;

	channel = open(tty, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (channel < 0)
		return -1;
	/* Raw: the host must read the bytes we wrote, not "\r\n". */
	if (tcgetattr(channel, &tio) == 0) {
		cfmakeraw(&tio);
		cfsetspeed(&tio, B115200);
		tcsetattr(channel, TCSANOW, &tio);
	}
	return 0;
}

void facts_close(void)
{
	if (channel < 0)
		return;
	tcdrain(channel);
	close(channel);
	channel = -1;
}

static void send_all(const char *buf, size_t len)
{
	while (len > 0) {
		ssize_t n = write(channel, buf, len);

		if (n <= 0)
			return;
		buf += n;
		len -= (size_t)n;
	}
}

void fact(const char *fmt, ...)
{
	char line[2048];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n > sizeof(line) - 2)
		n = (int)sizeof(line) - 2;
	/* One fact is one line of printable bytes, whatever was in it. */
	for (int i = 0; i < n; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	line[n] = '\n';
	send_all(line, (size_t)n + 1);
}

void fact_lines(const char *key, const char *path)
{
	char line[2000];
	FILE *f = fopen(path, "re");

	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		fact("%s %s", key, line);
	}
	fclose(f);
}

void read_text(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

void link_name(const char *path, char *buf, size_t size)
{
	char target[512];
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	const char *name = "";

	if (n > 0) {
		target[n] = '\0';
		name = strrchr(target, '/') ? strrchr(target, '/') + 1 : target;
	}
	snprintf(buf, size, "%s", name);
}

bool cmdline_value(const char *key, char *buf, size_t size)
{
	char text[4096], *save = NULL;
	size_t len = strlen(key);

	buf[0] = '\0';
	read_text("/proc/cmdline", text, sizeof(text));
	for (char *w = strtok_r(text, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		if (strncmp(w, key, len) == 0 && w[len] == '=') {
			snprintf(buf, size, "%s", w + len + 1);
			return true;
		}
	}
	return false;
}
