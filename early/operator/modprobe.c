/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operator/modprobe.h"

#include <stdio.h>
#include <string.h>

#include "operator/files.h"

#define BLANKS " \t"

static const char *const dirs[] = { "etc/modprobe.d", "run/modprobe.d", "usr/local/lib/modprobe.d",
				    "usr/lib/modprobe.d", "lib/modprobe.d" };

struct reader {
	const struct root *root;
	void (*found)(void *arg, const struct modprobe_line *line);
	void *arg;
	size_t dir; /* in dirs */
	const char *rel;
	size_t used;
	char text[FILES_LINE]; /* the statement so far: a line that ends in \ goes on */
};

static void take_statement(struct reader *rd, unsigned int number)
{
	char place[FILES_PATH + 16], empty[] = "", *rest = NULL;
	struct modprobe_line l = { .place = place };

	l.statement = strtok_r(rd->text, BLANKS, &rest);
	if (!l.statement || l.statement[0] == '#')
		return;
	l.module = strtok_r(NULL, BLANKS, &rest);
	if (!l.module)
		return;
	l.rest = rest ? rest : empty;
	(void)snprintf(place, sizeof(place), "/%s:%u", rd->rel, number);
	rd->found(rd->arg, &l);
}

static int take_line(void *arg, unsigned int number, char *text)
{
	struct reader *rd = arg;
	size_t len = strlen(text);
	bool more = len && text[len - 1] == '\\';

	if (more)
		text[--len] = '\0';
	if (len >= sizeof(rd->text) - rd->used)
		len = sizeof(rd->text) - rd->used - 1;
	memcpy(rd->text + rd->used, text, len);
	rd->used += len;
	rd->text[rd->used] = '\0';
	if (more)
		return 0;
	take_statement(rd, number);
	rd->used = 0;
	return 0;
}

static int take_file(void *arg, const char *name)
{
	struct reader *rd = arg;
	size_t len = strlen(name), i;
	char rel[FILES_PATH];

	if (len < 5 || strcmp(name + len - 5, ".conf") != 0)
		return 0;
	for (i = 0; i < rd->dir; i++) {
		(void)snprintf(rel, sizeof(rel), "%s/%s", dirs[i], name);
		if (root_exists(rd->root, rel))
			return 0;
	}
	(void)snprintf(rel, sizeof(rel), "%s/%s", dirs[rd->dir], name);
	rd->rel = rel;
	rd->used = 0;
	(void)!files_lines(rd->root, rel, take_line, rd);
	return 0;
}

void modprobe_each(const struct root *r, void (*found)(void *arg, const struct modprobe_line *line),
		   void *arg)
{
	struct reader rd = { .root = r, .found = found, .arg = arg };

	for (rd.dir = 0; rd.dir < ARRAY_LEN(dirs); rd.dir++)
		(void)!files_names(r, dirs[rd.dir], take_file, &rd);
}
