/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel modules, through libkmod: loads them at boot, lists them for an image.
 *
 * The only file that knows libkmod. Honours "options" of modprobe.d and of the kernel command
 * line, executes no "install" command, asks no blacklist: what the policy names is wanted. Knows
 * nothing of devices.
 */
#pragma once

#include "attrs.h"
#include "root.h"

struct modload {
	struct kmod_ctx *ctx;
	bool foreign; /* a tree other than the running system: never loads anything */
};

/* kernel: NULL for the running one. 0 or -errno. */
int modload_open(struct modload *m, const struct root *r, const char *kernel) must_check;
void modload_close(struct modload *m);

/* Loads the module with all it depends on. 0 also when it was loaded or is built in. -ENOENT: there
 * is no such module; else the kernel's -errno. */
int modload_insert(struct modload *m, const char *name) must_check;

/* Calls found(arg, name) for every module that name needs and that is not built in, dependencies
 * first, itself last. -ENOENT: there is no such module. */
int modload_list(struct modload *m, const char *name, int (*found)(void *arg, const char *name),
		 void *arg) must_check;

/* The variant driver that says it is made for the device, from its "vfio_pci:" aliases; vfio-pci
 * itself does not count. modalias: "pci:v0000...". 0 with its name in buf, or -ENOENT. */
int modload_variant(struct modload *m, const char *modalias, char *buf, size_t size) must_check;
