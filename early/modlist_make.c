/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modlist_make.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "text.h"

/* One line must be one line. */
static bool is_plain(const char *text)
{
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			return false;
	return true;
}

static int load_line(void *arg, const char *file)
{
	char *lines = arg, line[MODLIST_TEXT];
	int n = snprintf(line, sizeof(line), MODLIST_LOAD "%s\n", file);

	if (n < 0 || (size_t)n >= sizeof(line))
		return -E2BIG;
	if (strstr(lines, line))
		return 0; /* two of them need it */
	if (!is_plain(file) || !strstr(file, ".ko"))
		return -EINVAL;
	if (strlen(lines) + (size_t)n >= MODLIST_TEXT)
		return -E2BIG;
	text_append(lines, MODLIST_TEXT, "%s", line);
	return 0;
}

int modlist_make(struct modload *modules, const char *kernel, char lines[MODLIST_TEXT])
{
	struct utsname u;
	size_t head;
	int err;

	lines[0] = '\0';
	if (!kernel) {
		if (uname(&u) < 0)
			return -errno;
		kernel = u.release;
	}
	text_append(lines, MODLIST_TEXT, "kernel %s\n", kernel);
	head = strlen(lines);
	err = modload_files(modules, "vfio_iommu_type1", load_line, lines);
	if (err == 0)
		err = modload_files(modules, "vfio-pci", load_line, lines);
	if (err < 0 || strlen(lines) == head)
		lines[0] = '\0';
	return err == -ENOMEM ? err : 0;
}
