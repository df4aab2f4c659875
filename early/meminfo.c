/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "meminfo.h"

#include <errno.h>
#include <string.h>

#include "attr.h"

int meminfo_read(const struct root *r, const char *key, uint64_t *bytes)
{
	char text[4096], *at;
	auto_close int fd = root_open_regular(r, PROC_MEMINFO);
	int len = fd < 0 ? fd : attr_read_fd(fd, text, sizeof(text) - 1);

	if (len < 0)
		return len;
	text[len] = '\0';
	at = strstr(text, key);
	if (!at)
		return -ENODATA;
	*bytes = strtoull(at + strlen(key), NULL, 10) << 10;
	return 0;
}
