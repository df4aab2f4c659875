/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modlist_make.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "text.h"

#define FOUND_MODULES 16
#define FOUND_NAME 64
#define FOUND_FILE 256

struct found_module {
	char name[FOUND_NAME];
	char file[FOUND_FILE];
	unsigned int step; /* 1 for one that needs nothing, else that of what it needs, and 1 */
};

struct found {
	struct found_module module[FOUND_MODULES]; /* in an order to load them in */
	unsigned int count;
};

/* One line must be one line, and a file one word of it. */
static bool is_plain(const char *text)
{
	for (; *text; text++)
		if (*text <= 0x20 || *text > 0x7e)
			return false;
	return true;
}

static struct found_module *find(struct found *f, const char *name)
{
	unsigned int i;

	for (i = 0; i < f->count; i++)
		if (strcmp(f->module[i].name, name) == 0)
			return &f->module[i];
	return NULL;
}

static int add(void *arg, const char *name, const char *file)
{
	struct found *f = arg;
	struct found_module *m = &f->module[f->count];

	if (find(f, name))
		return 0; /* two of them need it */
	if (!is_plain(file) || !strstr(file, ".ko"))
		return -EINVAL;
	if (f->count == FOUND_MODULES || strlen(name) >= sizeof(m->name) ||
	    strlen(file) >= sizeof(m->file))
		return -E2BIG;
	text_append(m->name, sizeof(m->name), "%s", name);
	text_append(m->file, sizeof(m->file), "%s", file);
	f->count++;
	return 0;
}

struct need_call {
	struct found *found;
	struct found_module *of;
};

static int need(void *arg, const char *name)
{
	const struct need_call *c = arg;
	const struct found_module *m = find(c->found, name);

	if (!m || (m != c->of && m->step == 0))
		return -EINVAL; /* not in an order to load them in */
	if (m != c->of && c->of->step <= m->step)
		c->of->step = m->step + 1;
	return 0;
}

/* vfio-pci, the last, has a step of its own, however little it needs: a group can be used as soon
 * as it has the devices, and then the backend has to be there. Returns the last step or -errno. */
static int order(struct modload *modules, struct found *f)
{
	unsigned int i, last = 0;
	int err = 0;

	for (i = 0; i < f->count && err == 0; i++) {
		struct need_call c = { f, &f->module[i] };

		f->module[i].step = i == f->count - 1 ? last + 1 : 1;
		err = modload_list(modules, f->module[i].name, need, &c);
		if (last < f->module[i].step)
			last = f->module[i].step;
	}
	return err < 0 ? err : (int)last;
}

static int step_line(const struct found *f, unsigned int step, char lines[MODLIST_TEXT])
{
	unsigned int i, files = 0;

	text_append(lines, MODLIST_TEXT, "load");
	for (i = 0; i < f->count; i++)
		if (f->module[i].step == step) {
			text_append(lines, MODLIST_TEXT, " %s", f->module[i].file);
			files++;
		}
	text_append(lines, MODLIST_TEXT, "\n");
	return files <= MODLIST_STEP && strlen(lines) < MODLIST_TEXT - 1 ? 0 : -E2BIG;
}

/* The lines behind "kernel"; none where nothing has to be loaded. */
static int step_lines(struct modload *modules, char lines[MODLIST_TEXT])
{
	struct found f = { .count = 0 };
	int step, steps, err = modload_files(modules, "vfio_iommu_type1", add, &f);

	if (err == 0)
		err = modload_files(modules, "vfio-pci", add, &f);
	if (err < 0)
		return err;
	steps = order(modules, &f);
	for (step = 1; err == 0 && step <= steps; step++)
		err = step_line(&f, (unsigned int)step, lines);
	return err < 0 ? err : steps;
}

int modlist_make(struct modload *modules, const char *kernel, char lines[MODLIST_TEXT])
{
	struct utsname u;
	int steps;

	lines[0] = '\0';
	if (!kernel) {
		if (uname(&u) < 0)
			return -errno;
		kernel = u.release;
	}
	text_append(lines, MODLIST_TEXT, "kernel %s\n", kernel);
	steps = step_lines(modules, lines);
	if (steps <= 0)
		lines[0] = '\0';
	return steps == -ENOMEM ? steps : 0;
}
