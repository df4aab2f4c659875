// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Small readers of text files, and of this machine's physical pages. It must not know what is
 * tested.
 */
#include "probe.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *text_of(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t have = 0;
	ssize_t n;

	while (fd >= 0 && have < size - 1 && (n = read(fd, buf + have, size - 1 - have)) > 0)
		have += (size_t)n;
	buf[have] = '\0';
	if (have && buf[have - 1] == '\n')
		buf[have - 1] = '\0';
	if (fd >= 0)
		close(fd);
	return buf;
}

long long number_of(const char *path)
{
	char text[64], *end;
	long long value;

	text_of(path, text, sizeof(text));
	value = strtoll(text, &end, 0);
	return end == text ? -1 : value;
}

/* The number behind `key` in a file of lines such as /proc/meminfo. */
long long field_of(const char *path, const char *key)
{
	char text[16384];
	const char *at = strstr(text_of(path, text, sizeof(text)), key);

	return at ? strtoll(at + strlen(key), NULL, 10) : -1;
}

bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

bool kernel_word(const char *key, char *buf, size_t size)
{
	char text[4096], *save = NULL;
	size_t len = strlen(key);

	buf[0] = '\0';
	text_of("/proc/cmdline", text, sizeof(text));
	for (char *w = strtok_r(text, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		if (strncmp(w, key, len) == 0 && w[len] == '=') {
			snprintf(buf, size, "%s", w + len + 1);
			return true;
		}
	}
	return false;
}

static uint64_t frame_of(int pagemap, uintptr_t address)
{
	uint64_t entry = 0;

	if (pread(pagemap, &entry, sizeof(entry), (off_t)(address / PAGE * sizeof(entry))) !=
	    sizeof(entry))
		return 0;
	return entry >> 63 ? entry & ((1ULL << 55) - 1) : 0;
}

unsigned long physical_runs(const void *address, size_t size, unsigned long *chunks)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	unsigned long runs = 0, aligned = 0;
	uint64_t last = 0;

	*chunks = 0;
	for (size_t at = 0; at < size; at += PAGE) {
		uint64_t frame = frame_of(pagemap, (uintptr_t)address + at);

		if (at == 0 || frame != last + 1)
			runs++;
		if (frame % 512 == 0)
			aligned = 1;
		else
			aligned = aligned && frame == last + 1 ? aligned + 1 : 0;
		*chunks += aligned == 512;
		last = frame;
	}
	close(pagemap);
	return runs;
}
