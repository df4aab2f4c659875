/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel modules, through libkmod: loads them at boot, lists them for an image.
 *
 * The only file that knows libkmod. Honours "options" of modprobe.d and of the kernel command
 * line, executes no "install" command. Asks no blacklist for a name: what the policy names is
 * wanted. Knows nothing of devices.
 */
#pragma once

#include "attrs.h"
#include "root.h"

#define MODLOAD_SEEN 16

struct modload {
	struct kmod_ctx *ctx; /* made by the first call that needs it */
	const struct root *root;
	const char *kernel;
	struct kmod_module *seen[MODLOAD_SEEN]; /* that are in the kernel, as this run knows */
	unsigned int seens;
	bool mapped; /* its indices are in memory */
};

/* Reads nothing yet. Borrows both; kernel: NULL for the running one. */
void modload_open(struct modload *m, const struct root *r, const char *kernel);
void modload_close(struct modload *m);

/* For commands of a user, before modload_open(): what libkmod would open there must be regular
 * files, it waits for ever for the writer of a FIFO. 0; -ENOENT: the kernel has no index; -ENOTSUP;
 * or another -errno. */
int modload_check(const struct root *r, const char *kernel) must_check;

/* Loads the module with all it depends on. 0 also when it was loaded or is built in. -ENOENT: there
 * is no such module; else the kernel's -errno. */
int modload_insert(struct modload *m, const char *name) must_check;

/* The same with more parameters behind those of the configuration: the last one of a name counts.
 */
int modload_insert_with(struct modload *m, const char *name, const char *options) must_check;

/* What modprobe.d and the kernel command line say for the module, into buf; "" for nothing. 0,
 * -E2BIG if it does not fit, or another -errno. */
int modload_options(struct modload *m, const char *name, char *buf, size_t size) must_check;

/* Loads what fits the device of this modalias, as udev does: the one function that asks blacklist
 * and install lines of modprobe.d, and leaves such modules out. 0 if one is in the kernel now;
 * -ENOENT: nothing fits; -EACCES: blacklisted; -ENOTSUP: an install line; else the last -errno. */
int modload_insert_alias(struct modload *m, const char *modalias) must_check;

/* Calls found(arg, name) for every module that name needs and that is not built in, dependencies
 * first, itself last. -ENOENT: there is no such module. */
int modload_list(struct modload *m, const char *name, int (*found)(void *arg, const char *name),
		 void *arg) must_check;

/* The same with the file of each, relative to the kernel's folder of modules. */
int modload_files(struct modload *m, const char *name,
		  int (*found)(void *arg, const char *name, const char *file),
		  void *arg) must_check;

/* The variant driver that says it is made for the device, from its "vfio_pci:" aliases; vfio-pci
 * itself does not count. modalias: "pci:v0000...". 0 with its name in buf, or -ENOENT. */
int modload_variant(struct modload *m, const char *modalias, char *buf, size_t size) must_check;

/* Calls found(arg, name) for every module that one of the aliases says is made for the device,
 * blacklisted or not. */
void modload_offers(struct modload *m, const char *modalias,
		    int (*found)(void *arg, const char *name), void *arg);
