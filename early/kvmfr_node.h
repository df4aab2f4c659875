/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What there is at /dev/kvmfrN: nothing, a device of the kvmfr module, or something in its way.
 *
 * Knows sysfs' class kvmfr, the node and the one ioctl for the size, so that it works with our
 * module and with the one of Looking Glass. Never opens a node that sysfs does not vouch for, nor
 * any in a recorded tree. Knows no policy. Fills what the caller owns; sizes are in bytes.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "root.h"

#define KVMFR_DEVICES 10 /* the module makes no more */
#define KVMFR_NODE_TEXT 16 /* "/dev/kvmfr9" */

enum kvmfr_node_kind {
	KVMFR_ABSENT, /* nothing */
	KVMFR_DEVICE, /* the module's device: size is known, or 0 where it could not be read */
	KVMFR_FILE, /* a regular file: QEMU made it because the module was not there; size is its */
	KVMFR_OTHER, /* anything else: a link, a directory, a device of somebody else */
};

struct kvmfr_node {
	enum kvmfr_node_kind kind;
	bool in_sysfs; /* the module has this device, whatever is at its node */
	uint64_t size;
	uid_t uid;
	gid_t gid;
	mode_t mode; /* permission bits */
};

/* 0, or -errno where nobody can say; then the kind is KVMFR_ABSENT. */
int kvmfr_node_inspect(const struct root *r, unsigned int n, struct kvmfr_node *node) must_check;

/* Gives the device to an owner; what is there already is not written again. The caller reads back.
 * 0, -ENODEV if the node is no device of the module, or another -errno. */
int kvmfr_node_give(const struct root *r, unsigned int n, uid_t uid, gid_t gid,
		    mode_t mode) must_check;

/* "/dev/kvmfr0" */
const char *kvmfr_node_path(unsigned int n, char buf[KVMFR_NODE_TEXT]);

/* True if the module is in the kernel, built in or loaded, with devices or without. */
bool kvmfr_loaded(const struct root *r);

/* What to do about a node that is KVMFR_FILE, as a part of a sentence. */
#define KVMFR_FILE_CURE                                                                           \
	"is a file, not a device: QEMU made it because kvmfr was not loaded; stop that machine, " \
	"delete the file, load kvmfr"
