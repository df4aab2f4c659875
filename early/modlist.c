/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modlist.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/utsname.h>

#include "beside.h"
#include "modfile.h"
#include "text.h"

#define UTS_LEN sizeof(((struct utsname *)0)->release)
#define PLAIN_PATH 80 /* "updates/vfio-pci.ko"; a name that is cut is not there */

static const char KERNEL[] = "kernel ", LOAD[] = MODLIST_LOAD;

/* Where the modules are: the folder of this kernel. */
struct place {
	int dir;
	bool updates; /* our hooks put uncompressed copies there, which depmod prefers */
};

/* One file under one of the names that it may have in the image. compressed is where ".xz" begins,
 * or the end. */
static int load_as(const struct place *p, char *path, char *compressed)
{
	char plain[PLAIN_PATH];
	const char *base = strrchr(path, '/');
	char cut = *compressed;
	int r = -ENOENT;

	if (!cut)
		return modfile_insert(p->dir, path, false);
	*compressed = '\0';
	if (p->updates) {
		text_join(plain, sizeof(plain), "updates/", base ? base + 1 : path);
		r = modfile_insert(p->dir, plain, false);
	}
	*compressed = cut;
	if (r == -ENOENT)
		r = modfile_insert(p->dir, path, true);
	*compressed = '\0'; /* the generator may have stripped all of them */
	if (r == -ENOENT)
		r = modfile_insert(p->dir, path, false);
	*compressed = cut;
	return r;
}

/* The files of one line, which do not need each other. */
struct step {
	const struct place *place;
	char *file[MODLIST_STEP];
};

static int load_file(void *arg, unsigned int i)
{
	const struct step *s = arg;
	char *suffix = strstr(s->file[i], ".ko");

	return suffix && s->file[i][0] != '/' ? load_as(s->place, s->file[i], suffix + 3) : -EINVAL;
}

static int load_step(const struct place *p, char *files)
{
	struct step s = { .place = p };
	unsigned int count = 0;

	do {
		if (count == MODLIST_STEP)
			return -E2BIG;
		s.file[count++] = strsep(&files, " ");
	} while (files);
	return beside_run(load_file, &s, count);
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
		r = load_step(p, line + sizeof(LOAD) - 1);
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
	int err = modlist_read(files, MANIFEST_FILE, text, sizeof(text));

	if (err < 0 && err != -E2BIG)
		return err;
	if (uname(&u) < 0)
		return -errno;
	len = strlen(u.release);
	lines = text + sizeof(KERNEL) - 1 + len + 1;
	if (strncmp(text, KERNEL, sizeof(KERNEL) - 1) != 0 ||
	    strncmp(text + sizeof(KERNEL) - 1, u.release, len) != 0 || lines[-1] != '\n')
		return -ENOENT; /* made for another one, or made without a list */
	if (modlist_overruled(r, files, lines))
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
