/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early manifest: what an image must hold, one item a line. The hooks ask, they do not know.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "decision.h"
#include "group.h"
#include "kvmfr.h"
#include "modlist_make.h"
#include "modload.h"
#include "names.h"
#include "out.h"
#include "sources.h"
#include "variant.h"

#define MODULES_MAX 64
#define MODULE_NAME 64

struct manifest {
	struct out out;
	char seen[MODULES_MAX][MODULE_NAME];
	size_t modules;
	const struct root *root;
	bool left_out; /* a policy file that no image can hold */
};

static void note(const char *before, const char *name, const char *behind)
{
	struct out err;

	out_start(&err, STDERR_FILENO);
	out_printf(&err, "vfio-early: manifest: note: %s", before);
	out_escaped(&err, name);
	out_printf(&err, "%s\n", behind);
	(void)!out_flush(&err);
}

/* Who copies a FIFO waits for ever, and who copies /dev/zero fills the disk. A name with a line
 * break would be two lines here. */
static bool can_be_copied(const struct root *r, const char *rel)
{
	auto_close int fd = root_openat(r, rel, O_PATH);
	struct stat st;

	if (strchr(rel, '\n'))
		return false;
	return fd < 0 || fstat(fd, &st) < 0 || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode);
}

static int policy_line(void *arg, const char *rel)
{
	struct manifest *m = arg;

	if (can_be_copied(m->root, rel)) {
		out_printf(&m->out, "policy /%s\n", rel);
		return 0;
	}
	note("/", rel, ": not a regular file, or a line break in its name: not for the image");
	m->left_out = true;
	return 0;
}

static int module_line(void *arg, const char *name)
{
	struct manifest *m = arg;
	size_t i;

	for (i = 0; i < m->modules; i++)
		if (strcmp(m->seen[i], name) == 0)
			return 0;
	if (m->modules == MODULES_MAX)
		return -E2BIG;
	(void)snprintf(m->seen[m->modules++], MODULE_NAME, "%s", name);
	out_printf(&m->out, "module %s\n", name);
	return 0;
}

/* Without /proc nobody can say where this program lies; the other lines do not depend on it. */
static void binary_line(struct manifest *m)
{
	char self[PATH_MAX];
	ssize_t n = -1;
	struct root here;

	if (root_open(&here, NULL) == 0) {
		n = readlinkat(here.fd, SELF_EXE, self, sizeof(self) - 1);
		root_close(&here);
	}
	if (n < 0)
		return;
	self[n] = '\0';
	out_printf(&m->out, "binary %s\n", self);
}

/* The variant drivers of the groups that the rule names, whether it would be refused today or not.
 */
static int variant_lines(struct manifest *m, const struct plan *plan, size_t rule,
			 struct modload *modules)
{
	char alias[VARIANT_ALIAS], driver[DRIVER_NAME];
	struct group g;
	size_t at, i;
	int r = 0;

	for (at = 0; r == 0 && group_next(plan, &at, &g);) {
		for (i = 0; r == 0 && group_named_by(&g, rule) && i < g.members; i++) {
			variant_alias(group_dev(&g, i), alias);
			if (modload_variant(modules, alias, driver, sizeof(driver)) >= 0)
				r = modload_list(modules, driver, module_line, m);
		}
	}
	return r;
}

/* The drivers that the policy names, of whatever profile; and for driver=auto those that fit a
 * device of this machine: which one of them it will be is decided at boot. */
static int policy_modules(struct manifest *m, const struct policy *policy, struct modload *modules)
{
	struct inventory inv = { .devs = 0 };
	struct plan plan = { .status = EXIT_DONE };
	bool planned = false;
	size_t i;
	int r = 0;

	if (inventory_read(&inv, m->root) == 0)
		planned = (r = plan_make(&plan, policy, &inv)) == 0;
	for (i = 0; r == 0 && i < policy->rules; i++) {
		const char *driver = policy->rule[i].driver;

		if (driver && strcmp(driver, "auto") != 0)
			r = modload_list(modules, driver, module_line, m);
		else if (driver && planned)
			r = variant_lines(m, &plan, i, modules);
		if (r == -ENOENT)
			r = 0; /* the boot says so; an image without it still claims the rest */
	}
	plan_free(&plan);
	inventory_free(&inv);
	return r;
}

/* The boot has no names: their numbers go along. */
static void name_line(struct manifest *m, const struct root *files, enum name_kind kind,
		      const char *name)
{
	uint32_t id;

	if (!name || names_is_number(name))
		return;
	if (names_find(files, kind, name, &id) < 0)
		note(kind == NAME_USER ? "there is no user " : "there is no group ", name, "");
	else
		out_printf(&m->out, "%s %s %u\n", names_kind(kind), name, (unsigned int)id);
}

/* The module kvmfr where this kernel has it, for the policy as for the kernel command line; and the
 * owners that any rule names, of whatever profile. */
static int kvmfr_lines(struct manifest *m, const struct policy *policy, const struct root *files,
		       struct modload *modules)
{
	int r = modload_list(modules, KVMFR_MODULE, module_line, m);
	size_t i;

	if (r == -ENOENT) {
		r = 0;
		if (kvmfr_asked(policy))
			note("this kernel has no module ", KVMFR_MODULE,
			     ", which the policy asks for");
	}
	for (i = 0; r == 0 && i < policy->rules; i++) {
		name_line(m, files, NAME_USER, policy->rule[i].owner);
		name_line(m, files, NAME_GROUP, policy->rule[i].owner_group);
	}
	return r;
}

/* At the head, where a boot finds it with one read. */
static int load_lines(const struct options *o, struct manifest *m)
{
	char lines[MODLIST_TEXT];
	struct modload modules;
	int r;

	if (modload_check(&o->root, o->kernel) < 0)
		return 0; /* all_modules() says why */
	modload_open(&modules, &o->root, o->kernel);
	r = modlist_make(&modules, o->kernel, lines);
	if (r == 0)
		out_text(&m->out, lines);
	modload_close(&modules);
	return r;
}

static int all_modules(const struct options *o, struct manifest *m)
{
	const struct source_options sources = { o->files, "", NULL };
	struct problems problems = { .count = 0 };
	struct policy policy = { .all_profiles = true };
	struct modload modules;
	int r = modload_check(&o->root, o->kernel);

	if (r == -ENOTSUP)
		return r;
	modload_open(&modules, &o->root, o->kernel);
	r = modload_list(&modules, "vfio_iommu_type1", module_line, m);
	if (r == 0 || r == -ENOENT)
		r = modload_list(&modules, "vfio-pci", module_line, m);
	if (r == 0) {
		r = sources_load(&policy, &o->root, &sources, &problems);
		/* Who builds an image hears of it now, and not at the boot. */
		decision_print_problems(&problems);
	}
	if (r == 0)
		r = policy_modules(m, &policy, &modules);
	if (r == 0)
		r = kvmfr_lines(m, &policy, o->files, &modules);
	policy_free(&policy);
	modload_close(&modules);
	return r;
}

static enum exit_status fail(enum exit_status status, const char *what, int error)
{
	struct out err;

	out_start(&err, STDERR_FILENO);
	out_printf(&err, "vfio-early: manifest: %s: %s\n", what, strerror(-error));
	(void)!out_flush(&err);
	return status;
}

enum exit_status cmd_manifest(const struct options *o)
{
	struct manifest m = { .root = &o->root };
	int r;

	out_start(&m.out, STDOUT_FILENO);
	r = load_lines(o, &m);
	if (r < 0)
		return fail(EXIT_INTERNAL, "modules", r);
	binary_line(&m);
	r = sources_files(&o->root, policy_line, &m);
	if (r < 0)
		return fail(EXIT_INTERNAL, "files", r);
	r = all_modules(o, &m);
	if (out_flush(&m.out) < 0)
		return fail(EXIT_INTERNAL, "standard output", m.out.error);
	if (r == -ENOENT)
		return fail(EXIT_ENVIRONMENT, "this kernel has no vfio-pci", r);
	if (r == -ENOTSUP)
		return fail(EXIT_ENVIRONMENT, "a module index that is no regular file", r);
	if (r < 0)
		return fail(EXIT_INTERNAL, "modules", r);
	return m.left_out ? EXIT_POLICY : EXIT_DONE;
}
