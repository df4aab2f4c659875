/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What keeps a boot from loading by the list: parameters, which libkmod puts together. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "attr.h"
#include "cmdline.h"
#include "modlist.h"
#include "text.h"

#define CONFIG_TEXT 2048 /* x86 has no longer command line, and few files are longer */
#define MODULE_NAME 64

static const char LOAD[] = MODLIST_LOAD;

int modlist_read(const struct root *r, const char *rel, char *buf, size_t size)
{
	auto_close int fd = root_openat(r, rel, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	int n = fd < 0 ? fd : attr_read_fd(fd, buf, size - 1);

	if (n < 0 && n != -E2BIG)
		return n;
	buf[n < 0 ? size - 1 : (size_t)n] = '\0';
	return n < 0 ? n : 0;
}

/* "vfio-pci" of "kernel/drivers/vfio/pci/vfio-pci.ko.xz" */
static void module_of(const char *path, size_t len, char name[MODULE_NAME])
{
	const char *base = memrchr(path, '/', len);
	size_t n;

	base = base ? base + 1 : path;
	for (n = 0; n < MODULE_NAME - 1 && base + n < path + len && base[n] != '.'; n++)
		name[n] = base[n];
	name[n] = '\0';
}

/* Whether the word is a parameter of one of the modules: "vfio_pci.disable_vga=1". */
static bool is_for_one(const char *key, const char *lines)
{
	char name[MODULE_NAME];
	const char *at = lines;
	size_t len;

	while (strncmp(at, LOAD, sizeof(LOAD) - 1) == 0) {
		at += sizeof(LOAD) - 1;
		do {
			len = strcspn(at, " \n");
			module_of(at, len, name);
			if (cmdline_suffix(key, name))
				return true;
			at += len;
		} while (*at && *at++ == ' ');
	}
	return false;
}

static bool cmdline_speaks(const struct root *r, const char *lines)
{
	char text[CONFIG_TEXT], *rest = text;
	struct cmdline_word word;

	if (modlist_read(r, PROC_CMDLINE, text, sizeof(text)) < 0)
		return true;
	while (cmdline_next(&rest, &word))
		if (strchr(word.key, '.') && is_for_one(word.key, lines))
			return true;
	return false;
}

/* "options NAME ...": whatever looks like one counts. A line that goes on in the next one may hide
 * it, and a file that does not fit may have it at its end. */
static bool file_speaks(const struct root *files, const char *rel, const char *lines)
{
	char text[CONFIG_TEXT], *at = text;
	int r = modlist_read(files, rel, text, sizeof(text));

	if (r < 0)
		return r != -ENOENT;
	if (strstr(text, "\\\n"))
		return true;
	while ((at = strstr(at, "options"))) {
		size_t len;
		char behind;

		at += strlen("options");
		at += strspn(at, " \t");
		len = strcspn(at, " \t\n");
		behind = at[len];
		at[len] = '\0';
		if (is_for_one(at, lines))
			return true;
		at[len] = behind;
	}
	return false;
}

static bool folder_speaks(const struct root *files, const char *folder, const char *lines)
{
	char rel[NAME_MAX + 40];
	bool speaks = false;
	struct dirent *e;
	DIR *dir;
	int r = root_opendir(files, folder, &dir);

	if (r < 0)
		return r != -ENOENT;
	while (!speaks && (e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		text_join(rel, sizeof(rel), folder, "/", e->d_name);
		speaks = file_speaks(files, rel, lines);
	}
	(void)closedir(dir);
	return speaks;
}

/* Where /lib is a link, its folder is that of /usr/lib. */
static bool lib_is_link(const struct root *files)
{
	char target[8];

	return readlinkat(files->fd, "lib", target, sizeof(target)) > 0;
}

bool modlist_overruled(const struct root *r, const struct root *files, const char *lines)
{
	static const char *const folder[] = { "etc/modprobe.d", "run/modprobe.d",
					      "usr/local/lib/modprobe.d", "usr/lib/modprobe.d",
					      "lib/modprobe.d" };
	size_t i, folders = ARRAY_LEN(folder) - lib_is_link(files);

	if (cmdline_speaks(r, lines))
		return true;
	for (i = 0; i < folders; i++)
		if (folder_speaks(files, folder[i], lines))
			return true;
	return false;
}
