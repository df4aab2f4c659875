/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operator/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct lines {
	int (*line)(void *arg, unsigned int number, char *text);
	void *arg;
	unsigned int number;
	size_t used;
	char text[FILES_LINE];
};

static int end_line(struct lines *l)
{
	l->text[l->used] = '\0';
	l->used = 0;
	return l->line(l->arg, ++l->number, l->text);
}

static int take_bytes(struct lines *l, const char *buf, size_t n)
{
	int r = 0;
	size_t i;

	for (i = 0; r == 0 && i < n; i++) {
		if (buf[i] == '\n')
			r = end_line(l);
		else if (l->used < sizeof(l->text) - 1)
			l->text[l->used++] = buf[i] ? buf[i] : '?';
	}
	return r;
}

int files_lines(const struct root *r, const char *rel,
		int (*line)(void *arg, unsigned int number, char *text), void *arg)
{
	struct lines l = { .line = line, .arg = arg };
	auto_close int fd = root_open_regular(r, rel);
	size_t total = 0;
	char buf[4096];
	int err = fd < 0 ? fd : 0;

	while (err == 0 && total < FILES_BYTES) {
		ssize_t n = read(fd, buf, sizeof(buf));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		total += (size_t)n;
		err = take_bytes(&l, buf, (size_t)n);
	}
	return err == 0 && l.used ? end_line(&l) : err;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct names {
	char **name;
	size_t used, room;
};

static int add_name(struct names *n, const char *name)
{
	size_t room = n->room ? n->room * 2 : 64;
	char **grown;

	if (n->used == FILES_NAMES)
		return -E2BIG;
	if (n->used == n->room) {
		grown = realloc(n->name, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		n->name = grown;
		n->room = room;
	}
	n->name[n->used] = strdup(name);
	return n->name[n->used++] ? 0 : -ENOMEM;
}

int files_names(const struct root *r, const char *rel, int (*found)(void *arg, const char *name),
		void *arg)
{
	struct names n = { .name = NULL };
	struct dirent *e;
	DIR *dir;
	int err = root_opendir(r, rel, &dir);
	size_t i;

	if (err < 0)
		return err;
	while (err == 0 && (e = readdir(dir)))
		if (e->d_name[0] != '.')
			err = add_name(&n, e->d_name);
	(void)closedir(dir);
	if (n.used)
		qsort(n.name, n.used, sizeof(n.name[0]), by_name);
	for (i = 0; i < n.used; i++) {
		if (err == 0 && n.name[i])
			err = found(arg, n.name[i]);
		free(n.name[i]);
	}
	free(n.name);
	return err;
}

int files_link(const struct root *r, const char *rel, char *buf, size_t size)
{
	const char *name = strrchr(rel, '/');
	char above[FILES_PATH];
	auto_close int fd = -1;
	ssize_t n;

	if (!name || (size_t)(name - rel) >= sizeof(above))
		return -ENAMETOOLONG;
	(void)snprintf(above, sizeof(above), "%.*s", (int)(name - rel), rel);
	fd = root_openat(r, above, O_PATH | O_DIRECTORY);
	if (fd < 0)
		return fd;
	n = readlinkat(fd, name + 1, buf, size - 1);
	if (n < 0)
		return -errno;
	buf[n] = '\0';
	return 0;
}

struct first {
	char *buf;
	size_t size;
};

static int first_line(void *arg, unsigned int number, char *text)
{
	const struct first *f = arg;

	(void)number;
	(void)snprintf(f->buf, f->size, "%s", text);
	return 1;
}

int files_first(const struct root *r, const char *rel, char *buf, size_t size)
{
	struct first f = { buf, size };
	int n;

	buf[0] = '\0';
	n = files_lines(r, rel, first_line, &f);
	return n < 0 ? n : (int)strlen(buf);
}
