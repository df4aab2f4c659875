/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modload.h"

#include <errno.h>
#include <libkmod.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

void modload_open(struct modload *m, const struct root *r, const char *kernel)
{
	m->ctx = NULL;
	m->root = r;
	m->kernel = kernel;
	m->seens = 0;
	m->mapped = false;
}

/* The folder of the kernel's modules, for a library; NULL is the kernel that runs. */
static int modules_path(const struct root *r, const char *kernel, char dir[PATH_MAX])
{
	struct utsname u;
	char rel[300];
	int n;

	if (!kernel && uname(&u) < 0)
		return -errno;
	n = snprintf(rel, sizeof(rel), "lib/modules/%s", kernel ? kernel : u.release);
	if (n < 0 || (size_t)n >= sizeof(rel))
		return -ENAMETOOLONG;
	return root_path(r, rel, dir, PATH_MAX);
}

int modload_check(const struct root *r, const char *kernel)
{
	static const char *const opened[] = { "dep.bin",	  "alias.bin", "symbols.bin",
					      "builtin.bin",	  "softdep",   "weakdep",
					      "builtin.alias.bin" };
	char dir[PATH_MAX], path[PATH_MAX];
	struct stat st;
	size_t i;
	int n, err = modules_path(r, kernel, dir);

	for (i = 0; err == 0 && i < ARRAY_LEN(opened); i++) {
		n = snprintf(path, sizeof(path), "%s/modules.%s", dir, opened[i]);
		if (n < 0 || (size_t)n >= sizeof(path))
			err = -ENAMETOOLONG;
		else if (stat(path, &st) == 0)
			err = S_ISREG(st.st_mode) ? 0 : -ENOTSUP;
		else if (i == 0) /* the one that must be there */
			err = -errno;
	}
	return err;
}

static int use(struct modload *m)
{
	static const char *const no_config[] = { NULL };
	char dir[PATH_MAX], conf[PATH_MAX];
	const char *const own_config[] = { conf, NULL };
	const struct root *r = m->root;
	int err;

	if (m->ctx)
		return 0;
	err = modules_path(r, m->kernel, dir);
	if (err < 0)
		return err;
	if (root_path(r, "etc/modprobe.d", conf, sizeof(conf)) < 0)
		return -ENAMETOOLONG;
	/* The running system's modprobe.d says nothing about another tree; the overlay has its own.
	 */
	m->ctx = kmod_new(dir, r->foreign ? no_config : r->prefix[0] ? own_config : NULL);
	if (!m->ctx)
		return -ENOMEM;
	return 0;
}

/* For more than a name or two: maps the indices once, where else every look-up opens its file
 * again. Where an index is missing the look-ups find nothing and say so. */
static int use_indices(struct modload *m)
{
	int r = use(m);

	if (r == 0 && !m->mapped)
		(void)kmod_load_resources(m->ctx);
	m->mapped |= r == 0;
	return r;
}

void modload_close(struct modload *m)
{
	while (m->ctx && m->seens)
		(void)kmod_module_unref(m->seen[--m->seens]);
	if (m->ctx)
		(void)kmod_unref(m->ctx);
	m->ctx = NULL;
}

/* Two modules often depend on the same one; libkmod has one object for it. */
static void note_seen(struct modload *m, struct kmod_module *mod)
{
	if (m->seens < MODLOAD_SEEN)
		m->seen[m->seens++] = kmod_module_ref(mod);
}

/* A module with a file is asked for at length only where there is a trace of it. */
static bool in_kernel(struct modload *m, struct kmod_module *mod)
{
	char rel[sizeof(SYS_MODULES) + 64];
	unsigned int i;
	int state;

	for (i = 0; i < m->seens; i++)
		if (m->seen[i] == mod)
			return true;
	(void)snprintf(rel, sizeof(rel), SYS_MODULES "/%s", kmod_module_get_name(mod));
	if (kmod_module_get_path(mod) && !root_exists(m->root, rel))
		return false;
	state = kmod_module_get_initstate(mod);
	if (state != KMOD_MODULE_BUILTIN && state != KMOD_MODULE_LIVE)
		return false;
	note_seen(m, mod);
	return true;
}

/* fresh: it cannot be in the kernel, for it needs a module that was not; set when this one was not.
 * more: parameters behind those of the configuration; "" for none. */
static int insert_one(struct modload *m, struct kmod_module *mod, const char *more, bool *fresh)
{
	const char *own = kmod_module_get_options(mod);
	auto_free char *all = NULL;
	int r;

	if (!*fresh && in_kernel(m, mod))
		return 0;
	if (!kmod_module_get_path(mod))
		return -ENOENT;
	*fresh = true;
	if (asprintf(&all, "%s %s", own ? own : "", more) < 0) {
		all = NULL;
		return -ENOMEM;
	}
	r = kmod_module_insert_module(mod, 0, all);
	if (r == -EEXIST)
		r = 0;
	if (r == 0)
		note_seen(m, mod);
	return r;
}

int modload_insert(struct modload *m, const char *name)
{
	return modload_insert_with(m, name, "");
}

int modload_options(struct modload *m, const char *name, char *buf, size_t size)
{
	struct kmod_module *mod;
	const char *own;
	int r = use(m);

	if (r == 0)
		r = kmod_module_new_from_name(m->ctx, name, &mod);
	if (r != 0)
		return r;
	own = kmod_module_get_options(mod);
	r = (size_t)snprintf(buf, size, "%s", own ? own : "") < size ? 0 : -E2BIG;
	(void)kmod_module_unref(mod);
	return r;
}

int modload_insert_with(struct modload *m, const char *name, const char *options)
{
	struct kmod_module *mod;
	struct kmod_list *deps, *item;
	bool fresh = false;
	int r;

	if (m->root->foreign)
		return -EXDEV;
	r = use(m);
	if (r == 0)
		r = kmod_module_new_from_name(m->ctx, name, &mod);
	if (r != 0)
		return r;
	deps = kmod_module_get_dependencies(mod);
	kmod_list_foreach (item, deps) {
		struct kmod_module *dep = kmod_module_get_module(item);
		bool alone = false; /* what it needs itself is not known here */

		if (r == 0)
			r = insert_one(m, dep, "", &alone);
		fresh |= alone;
		(void)kmod_module_unref(dep);
	}
	if (r == 0)
		r = insert_one(m, mod, options, &fresh);
	(void)kmod_module_unref_list(deps);
	(void)kmod_module_unref(mod);
	return r;
}

int modload_insert_alias(struct modload *m, const char *modalias)
{
	struct kmod_list *found = NULL, *list = NULL, *item;
	int r = -ENOENT, done = -ENOENT;

	if (m->root->foreign)
		return -EXDEV;
	if (use_indices(m) < 0 || kmod_module_new_from_lookup(m->ctx, modalias, &found) < 0 ||
	    !found)
		return -ENOENT;
	if (kmod_module_apply_filter(m->ctx, KMOD_FILTER_BLACKLIST, found, &list) < 0 || !list)
		r = -EACCES;
	kmod_list_foreach (item, list) {
		struct kmod_module *mod = kmod_module_get_module(item);

		if (kmod_module_get_install_commands(mod))
			r = -ENOTSUP;
		else
			r = modload_insert(m, kmod_module_get_name(mod));
		if (r == 0)
			done = 0;
		(void)kmod_module_unref(mod);
	}
	(void)kmod_module_unref_list(list);
	(void)kmod_module_unref_list(found);
	return done == 0 ? 0 : r;
}

/* For another kernel the state of the running one says nothing: built in means listed so. */
static bool is_builtin(struct modload *m, const char *name)
{
	struct kmod_list *list = NULL, *item;
	bool builtin = false;

	if (kmod_module_new_from_lookup(m->ctx, name, &list) < 0)
		return false;
	kmod_list_foreach (item, list) {
		struct kmod_module *mod = kmod_module_get_module(item);

		builtin |= !kmod_module_get_path(mod);
		(void)kmod_module_unref(mod);
	}
	(void)kmod_module_unref_list(list);
	return builtin;
}

/* Calls found(arg, mod) for every module with a file that name needs, dependencies first, itself
 * last. */
static int each_needed(struct modload *m, const char *name,
		       int (*found)(void *arg, struct kmod_module *mod), void *arg)
{
	struct kmod_module *mod;
	struct kmod_list *deps, *item;
	int r = use_indices(m);

	if (r == 0)
		r = kmod_module_new_from_name(m->ctx, name, &mod);
	if (r != 0)
		return r;
	if (!kmod_module_get_path(mod)) {
		(void)kmod_module_unref(mod);
		return is_builtin(m, name) ? 0 : -ENOENT;
	}
	deps = kmod_module_get_dependencies(mod);
	kmod_list_foreach (item, deps) {
		struct kmod_module *dep = kmod_module_get_module(item);

		if (r == 0 && kmod_module_get_path(dep))
			r = found(arg, dep);
		(void)kmod_module_unref(dep);
	}
	if (r == 0)
		r = found(arg, mod);
	(void)kmod_module_unref_list(deps);
	(void)kmod_module_unref(mod);
	return r;
}

struct name_call {
	int (*found)(void *arg, const char *name);
	void *arg;
};

static int tell_name(void *arg, struct kmod_module *mod)
{
	const struct name_call *c = arg;

	return c->found(c->arg, kmod_module_get_name(mod));
}

int modload_list(struct modload *m, const char *name, int (*found)(void *arg, const char *name),
		 void *arg)
{
	struct name_call c = { found, arg };

	return each_needed(m, name, tell_name, &c);
}

struct file_call {
	int (*found)(void *arg, const char *name, const char *file);
	void *arg;
	const char *folder;
};

static int tell_file(void *arg, struct kmod_module *mod)
{
	const struct file_call *c = arg;
	const char *path = kmod_module_get_path(mod);
	size_t len = strlen(c->folder);

	if (strncmp(path, c->folder, len) != 0 || path[len] != '/')
		return -EXDEV;
	return c->found(c->arg, kmod_module_get_name(mod), path + len + 1);
}

int modload_files(struct modload *m, const char *name,
		  int (*found)(void *arg, const char *name, const char *file), void *arg)
{
	struct file_call c = { .found = found, .arg = arg };
	int r = use(m);

	if (r < 0)
		return r;
	c.folder = kmod_get_dirname(m->ctx);
	return each_needed(m, name, tell_file, &c);
}

int modload_variant(struct modload *m, const char *modalias, char *buf, size_t size)
{
	struct kmod_list *list = NULL, *item;
	char alias[160];
	int r = -ENOENT;

	if (strncmp(modalias, "pci:", 4) != 0 || use_indices(m) < 0)
		return -ENOENT;
	(void)snprintf(alias, sizeof(alias), "vfio_pci:%s", modalias + 4);
	if (kmod_module_new_from_lookup(m->ctx, alias, &list) < 0)
		return -ENOENT;
	kmod_list_foreach (item, list) {
		struct kmod_module *mod = kmod_module_get_module(item);
		const char *name = kmod_module_get_name(mod);

		/* vfio-pci itself fits every device. */
		if (r < 0 && strcmp(name, "vfio_pci") != 0)
			r = snprintf(buf, size, "%s", name) < (int)size ? 0 : -ENAMETOOLONG;
		(void)kmod_module_unref(mod);
	}
	(void)kmod_module_unref_list(list);
	return r;
}

void modload_offers(struct modload *m, const char *modalias,
		    int (*found)(void *arg, const char *name), void *arg)
{
	struct kmod_list *list = NULL, *item;
	int r = use_indices(m);

	if (r == 0)
		r = kmod_module_new_from_lookup(m->ctx, modalias, &list);
	kmod_list_foreach (item, list) {
		struct kmod_module *mod = kmod_module_get_module(item);

		if (r == 0)
			r = found(arg, kmod_module_get_name(mod));
		(void)kmod_module_unref(mod);
	}
	(void)kmod_module_unref_list(list);
}
