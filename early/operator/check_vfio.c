/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions about kernel modules: VFIO, variant drivers, kvmfr, and whether unsigned ones load. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kvmfr_node.h"
#include "operator/check.h"
#include "operator/files.h"
#include "variant.h"

#define LOCKDOWN "sys/kernel/security/lockdown"
#define SIG_ENFORCE "sys/module/module/parameters/sig_enforce"

static int count_module(void *arg, const char *name)
{
	(void)name;
	(*(unsigned int *)arg)++;
	return 0;
}

enum where { ABSENT, BUILT_IN, MODULE };

static enum where find_module(struct modload *m, const char *name)
{
	unsigned int modules = 0;

	if (modload_list(m, name, count_module, &modules) < 0)
		return ABSENT;
	return modules ? MODULE : BUILT_IN;
}

static void bad_index(struct check *c, const char *version)
{
	answer(c, ANSWER_PROBLEM, "depmod makes it again",
	       "the module index of Linux %s is not of regular files", version);
}

/* False, and answered, where there is nothing to look the modules up in. */
static bool has_modules(struct check *c)
{
	if (c->index_error == 0)
		return true;
	if (!c->kernel[0])
		answer(c, ANSWER_UNKNOWN, "say --kernel VERSION", "which kernel runs is not known");
	else if (c->index_error == -ENOTSUP)
		bad_index(c, c->kernel);
	else
		answer(c, ANSWER_UNKNOWN, "was the kernel updated? reboot, or say --kernel VERSION",
		       "there is no module index of Linux %s", c->kernel);
	return false;
}

void check_vfio(struct check *c)
{
	static const char *const needed[] = { "vfio-pci", "vfio_iommu_type1" };
	enum where where[ARRAY_LEN(needed)];
	size_t i;

	if (!has_modules(c))
		return;
	for (i = 0; i < ARRAY_LEN(needed); i++) {
		where[i] = find_module(&c->modules, needed[i]);
		if (where[i] == ABSENT)
			answer(c, ANSWER_PROBLEM, "install the distribution's full kernel",
			       "Linux %s has no %s", c->kernel, needed[i]);
	}
	if (!c->shown)
		answer(c, ANSWER_OK, NULL, "Linux %s has vfio-pci %s", c->kernel,
		       where[0] == BUILT_IN ? "built in" : "as a module");
}

static void look_for_driver(struct check *c, const struct rule *r)
{
	char place[ORIGIN_TEXT];

	if (!r->driver || strcmp(r->driver, "auto") == 0)
		return;
	if (find_module(&c->modules, r->driver) == ABSENT)
		answer(c, ANSWER_PROBLEM, "correct driver=, or install that module",
		       "%s: Linux %s has no %s", origin_format(&r->origin, place), c->kernel,
		       r->driver);
}

/* A better driver than vfio-pci that nobody asked for. */
static void look_for_variant(struct check *c, int dev)
{
	const struct plan_dev *pd = &c->d.plan.dev[dev];
	char addr[ADDR_TEXT], alias[VARIANT_ALIAS], name[DRIVER_NAME];

	variant_alias(&c->d.inv.dev[dev], alias);
	if (strcmp(pd->target, "vfio-pci") != 0 ||
	    modload_variant(&c->modules, alias, name, sizeof(name)) < 0)
		return;
	answer(c, ANSWER_WARNING, "driver=auto takes it",
	       "%s: %s is made for it, the policy takes vfio-pci", check_addr(c, dev, addr), name);
}

void check_variant(struct check *c)
{
	size_t i;
	int dev;

	if (!has_modules(c))
		return;
	for (i = 0; i < c->d.policy.rules; i++)
		look_for_driver(c, &c->d.policy.rule[i]);
	for (dev = check_next_claimed(c, 0); dev >= 0; dev = check_next_claimed(c, (size_t)dev + 1))
		look_for_variant(c, dev);
	if (!c->shown)
		answer(c, ANSWER_OK, NULL,
		       "no claimed device has a better driver than its rule says");
}

struct kernels {
	struct check *check;
	unsigned int good, bad;
};

/* One installed kernel: a folder with an index. */
static int kernel_has_kvmfr(void *arg, const char *version)
{
	struct kernels *k = arg;
	struct check *c = k->check;
	struct modload m;
	enum where where;
	int r = modload_check(&c->o->root, version);

	if (r == -ENOTSUP) {
		bad_index(c, version);
		k->bad++;
	}
	if (r < 0)
		return 0;
	modload_open(&m, &c->o->root, version);
	where = find_module(&m, "kvmfr");
	modload_close(&m);
	k->good += where != ABSENT;
	k->bad += where == ABSENT;
	if (where == ABSENT)
		answer(c, ANSWER_PROBLEM, "build it, best with DKMS", "Linux %s has no kvmfr",
		       version);
	return 0;
}

void check_kvmfr(struct check *c)
{
	struct kernels k = { .check = c };
	int r;

	if (!check_asks(c, RULE_KVMFR)) {
		answer(c, ANSWER_OK, NULL, "the policy asks for none");
		return;
	}
	r = files_names(&c->o->root, MODULES_DIR, kernel_has_kvmfr, &k);
	if (r < 0)
		answer(c, ANSWER_UNKNOWN, NULL, "/" MODULES_DIR ": %s", strerror(-r));
	else if (!k.good && !k.bad)
		answer(c, ANSWER_UNKNOWN, NULL, "no kernel in /" MODULES_DIR " has a module index");
	else if (!k.bad)
		answer(c, ANSWER_OK, NULL, "each installed kernel has it: %u", k.good);
}

void check_kvmfr_node(struct check *c)
{
	char path[KVMFR_NODE_TEXT];
	struct kvmfr_node node;
	unsigned int n, found = 0;

	for (n = 0; n < KVMFR_DEVICES; n++) {
		int r = kvmfr_node_inspect(&c->o->root, n, &node);

		(void)kvmfr_node_path(n, path);
		if (r < 0)
			answer(c, ANSWER_UNKNOWN, NULL, "%s: %s", path, strerror(-r));
		else if (node.kind == KVMFR_FILE)
			answer(c, ANSWER_PROBLEM, NULL, "%s " KVMFR_FILE_CURE, path);
		else if (node.kind == KVMFR_OTHER)
			answer(c, ANSWER_PROBLEM, "remove it", "%s is no device of kvmfr", path);
		found += node.kind == KVMFR_DEVICE;
	}
	if (!c->shown)
		answer(c, ANSWER_OK, NULL, "devices: %u, nothing else is in their place", found);
}

void check_lockdown(struct check *c)
{
	char text[64], enforce[8];
	bool locked, signatures;

	if (!check_asks(c, RULE_KVMFR) || kvmfr_loaded(&c->o->root)) {
		answer(c, ANSWER_OK, NULL,
		       check_asks(c, RULE_KVMFR) ? "kvmfr is loaded"
						 : "the policy asks for no kvmfr");
		return;
	}
	locked = files_first(&c->o->root, LOCKDOWN, text, sizeof(text)) > 0 &&
		 !strstr(text, "[none]");
	signatures = files_first(&c->o->root, SIG_ENFORCE, enforce, sizeof(enforce)) > 0 &&
		     enforce[0] == 'Y';
	if (locked || signatures)
		answer(c, ANSWER_WARNING, "sign kvmfr with a key that is enrolled (MOK)",
		       "the kernel loads signed modules only (%s)",
		       locked ? text : "module.sig_enforce");
	else
		answer(c, ANSWER_OK, NULL, "the kernel loads unsigned modules too");
}
