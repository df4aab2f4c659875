/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads kvmfr and looks whether it did what was asked. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attr.h"
#include "bounded.h"
#include "kvmfr.h"
#include "meminfo.h"
#include "text.h"

void kvmfr_decide(struct kvmfr *k, const struct policy *policy, struct modload *modules,
		  const struct root *files, struct problems *problems)
{
	char options[KVMFR_OPTIONS] = "";
	int err = modules ? modload_options(modules, KVMFR_MODULE, options, sizeof(options)) : 0;

	kvmfr_plan(k, policy, options, files, problems);
	if (err < 0)
		kvmfr_end(k, KVMFR_REFUSED, EXIT_ENVIRONMENT,
			  "the options of the module kvmfr cannot be read: %s", strerror(-err));
}

struct load {
	struct modload *modules;
	char options[KVMFR_OPTIONS];
};

static int insert(void *arg)
{
	struct load *l = arg;

	return modload_insert_with(l->modules, KVMFR_MODULE, l->options);
}

static bool any_given(const struct kvmfr *k)
{
	size_t i;

	for (i = 0; i < k->devs; i++)
		if (k->dev[i].mode)
			return true;
	return false;
}

/* The owner goes along, so that our module makes the node with it and later events of udev know it;
 * mode 0 is that of nobody. The other module says one line about a parameter that it does not know,
 * and loads. */
static void make_options(char options[KVMFR_OPTIONS], const struct kvmfr *k)
{
	static const char *const names[] = { "static_size_mb=", " mode=", " uid=", " gid=" };
	size_t list, i;

	options[0] = '\0';
	for (list = 0; list < (any_given(k) ? ARRAY_LEN(names) : 1); list++) {
		text_append(options, KVMFR_OPTIONS, "%s", names[list]);
		for (i = 0; i < k->devs; i++) {
			const struct kvmfr_dev *d = &k->dev[i];
			const unsigned int value[] = { (unsigned int)(d->size >> 20), d->mode,
						       d->uid, d->gid };

			text_append(options, KVMFR_OPTIONS, list == 1 ? "%s%04o" : "%s%u",
				    i ? "," : "", value[list]);
		}
	}
}

/* The module of Looking Glass takes what is not there: the kernel ends processes, or panics. */
static void check_memory(struct kvmfr *k, const struct root *r)
{
	uint64_t free = 0, sum = 0; /* free: the kernel's own estimate, without swapping */
	int err = meminfo_read(r, "MemAvailable:", &free);
	size_t i;

	for (i = 0; i < k->devs; i++)
		sum += k->dev[i].size;
	if (err < 0)
		kvmfr_end(k, KVMFR_FAILED, EXIT_ENVIRONMENT,
			  "not loaded: /" PROC_MEMINFO " does not say how much memory there is: %s",
			  strerror(-err));
	else if (sum + KVMFR_SPARE > free)
		kvmfr_end(k, KVMFR_FAILED, EXIT_UNCLAIMED,
			  "not loaded: %u MiB and %u MiB to spare are wanted, %u MiB are available",
			  (unsigned int)(sum >> 20), (unsigned int)(KVMFR_SPARE >> 20),
			  (unsigned int)(free >> 20));
}

/* Something lies where a node must come: the kernel would not replace it. */
static void check_places(struct kvmfr *k, const struct root *r)
{
	char path[KVMFR_NODE_TEXT];
	struct kvmfr_node node;
	unsigned int i;
	int err;

	for (i = 0; i < k->devs; i++) {
		(void)kvmfr_node_path(i, path);
		err = kvmfr_node_inspect(r, i, &node);
		if (err < 0)
			kvmfr_end(k, KVMFR_FAILED, EXIT_UNCLAIMED, "%s: %s", path, strerror(-err));
		else if (node.kind == KVMFR_FILE)
			kvmfr_end(k, KVMFR_FAILED, EXIT_UNCLAIMED, "%s " KVMFR_FILE_CURE, path);
		else if (node.kind != KVMFR_ABSENT)
			kvmfr_end(k, KVMFR_FAILED, EXIT_UNCLAIMED,
				  "%s is in the way, and is no device of kvmfr", path);
	}
}

static void explain(struct kvmfr *k, int error)
{
	const char *why = strerror(-error);

	if (error == -ENOENT)
		why = "this kernel has no module kvmfr, or it is not in the image";
	else if (error == -ENOEXEC)
		why = "the module kvmfr was built for another kernel";
	else if (error == -EKEYREJECTED || error == -ENOKEY || error == -EPERM)
		why = "the kernel trusts no signature of kvmfr (Secure Boot): enroll the key that "
		      "DKMS signs with";
	else if (error == -ETIMEDOUT)
		why = "loading did not end within 30 s";
	else if (error == -ECHILD)
		why = "loading was killed: there was not enough memory";
	else if (error == -EINVAL || error == -ENODEV)
		why = "the module did not take it; see dmesg for the reason";
	kvmfr_end(k, KVMFR_FAILED,
		  error == -ENOMEM || error == -ECHILD ? EXIT_UNCLAIMED : EXIT_ENVIRONMENT,
		  "not loaded: %s", why);
}

static bool has_owner(const struct kvmfr_dev *d, const struct kvmfr_node *node)
{
	return !d->give || (node->uid == d->uid && node->gid == d->gid && node->mode == d->mode);
}

/* What is wrong with the device, as the end of a sentence, or NULL. */
static const char *wrong(const struct kvmfr_node *node)
{
	if (!node->in_sysfs)
		return "was not made: kvmfr is loaded without it; unload it, or start anew";
	if (node->kind == KVMFR_FILE)
		return KVMFR_FILE_CURE;
	if (node->kind == KVMFR_ABSENT)
		return "is not there, though kvmfr has it: is /dev a devtmpfs?";
	if (node->kind != KVMFR_DEVICE)
		return "is not the device of kvmfr";
	return node->size ? NULL : "does not tell its size";
}

/* Gives the device to the owner that the rule names. NULL if it has it then. */
static const char *give(const struct kvmfr_dev *d, const struct root *r, unsigned int n)
{
	struct kvmfr_node node;
	int err = kvmfr_node_give(r, n, d->uid, d->gid, d->mode);

	if (err == 0)
		err = kvmfr_node_inspect(r, n, &node);
	if (err != 0)
		return strerror(-err);
	return has_owner(d, &node) ? NULL : "did not take its owner and mode";
}

static void read_back(struct kvmfr *k, const struct root *r, unsigned int n, bool before)
{
	struct kvmfr_dev *d = &k->dev[n];
	char path[KVMFR_NODE_TEXT];
	struct kvmfr_node node;
	int err = kvmfr_node_inspect(r, n, &node);
	const char *why = err < 0 ? strerror(-err) : wrong(&node);
	bool owned = has_owner(d, &node);

	d->state = KVMFR_FAILED;
	d->status = EXIT_UNCLAIMED;
	(void)kvmfr_node_path(n, path);
	if (!why && node.size != d->size) {
		(void)snprintf(d->reason, REASON_TEXT, "%s has %u MiB, not %u MiB%s", path,
			       (unsigned int)(node.size >> 20), (unsigned int)(d->size >> 20),
			       before ? ": kvmfr was loaded before; unload it, or start anew" : "");
		return;
	}
	if (!why && !owned)
		why = give(d, r, n);
	if (why) {
		(void)snprintf(d->reason, REASON_TEXT, "%s %s", path, why);
		return;
	}
	d->state = before && owned ? KVMFR_ALREADY : KVMFR_LOADED;
	d->status = EXIT_DONE;
}

void kvmfr_load(struct kvmfr *k, const struct root *r, struct modload *modules)
{
	struct load l = { .modules = modules };
	bool before = kvmfr_loaded(r);
	unsigned int i;
	int err = 0;

	if (!before && !modules)
		kvmfr_end(k, KVMFR_FAILED, EXIT_ENVIRONMENT,
			  "not loaded: this is not the running system, or its modules cannot be "
			  "read");
	if (!before) {
		check_places(k, r);
		check_memory(k, r);
	}
	for (i = 0; i < k->devs && k->dev[i].state == KVMFR_WANTED; i++)
		;
	if (!k->devs || i < k->devs)
		return;
	if (!before) {
		make_options(l.options, k);
		err = bounded_run(insert, &l, KVMFR_MS);
	}
	if (err < 0)
		explain(k, err);
	for (i = 0; i < k->devs && err == 0; i++)
		read_back(k, r, i, before);
}
