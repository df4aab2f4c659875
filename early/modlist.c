/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modlist.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "cmdline.h"
#include "modfile.h"
#include "text.h"

#define CMDLINE_TEXT                                                                \
	2048 /* of a kernel command line that is not longer; x86 has no longer ones \
	      */
#define MODULE_NAME 64

#define UTS_LEN sizeof(((struct utsname *)0)->release)

static const char KERNEL[] = "kernel ", LOAD[] = "load ";

/* Where the modules are: the folder of this kernel. */
struct place {
	int dir;
	bool updates; /* our hooks put uncompressed copies there, which depmod prefers */
};

/* The start of the file, with NUL behind it: as much as fits. -E2BIG where nothing was left. */
static int read_start(const struct root *r, const char *rel, char *buf, size_t size)
{
	auto_close int fd = root_openat(r, rel, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		return fd;
	do {
		n = read(fd, buf + len, size - 1 - len);
		if (n < 0 && errno != EINTR)
			return -errno;
		len += n > 0 ? (size_t)n : 0;
	} while (n != 0 && len < size - 1);
	buf[len] = '\0';
	return n == 0 ? 0 : -E2BIG;
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
	const char *line, *end;

	for (line = lines; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		if (strncmp(line, LOAD, sizeof(LOAD) - 1) != 0)
			continue;
		line += sizeof(LOAD) - 1;
		module_of(line, strcspn(line, " \n"), name);
		if (cmdline_suffix(key, name))
			return true;
	}
	return false;
}

bool modlist_overruled(const struct root *r, const char *lines)
{
	char text[CMDLINE_TEXT], *rest = text;
	struct cmdline_word word;

	if (read_start(r, PROC_CMDLINE, text, sizeof(text)) < 0)
		return true;
	while (cmdline_next(&rest, &word))
		if (strchr(word.key, '.') && is_for_one(word.key, lines))
			return true;
	return false;
}

/* One file under one of the names that it may have in the image. compressed is where ".xz" begins,
 * or the end. */
static int load_as(const struct place *p, char *path, char *compressed, const char *options)
{
	char plain[MODULE_NAME + 16];
	const char *base = strrchr(path, '/');
	char cut = *compressed;
	int r = -ENOENT;

	if (!cut)
		return modfile_insert(p->dir, path, false, options);
	base = base ? base + 1 : path;
	if (p->updates && (size_t)snprintf(plain, sizeof(plain), "updates/%.*s",
					   (int)(compressed - base), base) < sizeof(plain))
		r = modfile_insert(p->dir, plain, false, options);
	if (r == -ENOENT)
		r = modfile_insert(p->dir, path, true, options);
	if (r == -ENOENT) {
		*compressed = '\0'; /* the generator may have stripped all of them */
		r = modfile_insert(p->dir, path, false, options);
		*compressed = cut;
	}
	return r;
}

/* "PATH OPTIONS" */
static int load_line(const struct place *p, char *line)
{
	char *options = line + strcspn(line, " ");
	char *suffix;

	if (*options)
		*options++ = '\0';
	suffix = strstr(line, ".ko");
	if (!suffix || line[0] == '/')
		return -EINVAL;
	return load_as(p, line, suffix + 3, options);
}

/* The lines behind "kernel" up to the first that is another. */
static int load_lines(const struct place *p, char *line)
{
	char *end;
	int r = -ENOENT;

	for (; strncmp(line, LOAD, sizeof(LOAD) - 1) == 0; line = end + 1) {
		end = strchr(line, '\n');
		if (!end)
			return -EINVAL;
		*end = '\0';
		r = load_line(p, line + sizeof(LOAD) - 1);
		if (r < 0)
			break;
	}
	return r;
}

int modlist_load(const struct root *r, const struct root *files)
{
	char text[MODLIST_TEXT + 1], rel[sizeof("lib/modules/") + UTS_LEN];
	auto_close int dir = -1;
	struct place place;
	struct utsname u;
	char *lines;
	size_t len;
	int err = read_start(files, MANIFEST_FILE, text, sizeof(text));

	if (err < 0 && err != -E2BIG)
		return err;
	if (uname(&u) < 0)
		return -errno;
	len = strlen(u.release);
	lines = text + sizeof(KERNEL) - 1 + len + 1;
	if (strncmp(text, KERNEL, sizeof(KERNEL) - 1) != 0 ||
	    strncmp(text + sizeof(KERNEL) - 1, u.release, len) != 0 || lines[-1] != '\n')
		return -ENOENT; /* made for another one, or made without a list */
	if (modlist_overruled(r, lines))
		return -EAGAIN;
	(void)text_put(text_put(rel, rel + sizeof(rel), "lib/modules/"), rel + sizeof(rel),
		       u.release);
	dir = root_openat(files, rel, O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		return dir;
	place.dir = dir;
	place.updates = faccessat(dir, "updates", F_OK, 0) == 0;
	return load_lines(&place, lines);
}
