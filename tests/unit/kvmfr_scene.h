/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kvmfr that can misbehave, as far as it shows in the fake tree: its devices in sysfs and their
 * nodes. The test says what loading does. Knows no policy.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "kvmfr.h"

#define SIZE "67108864"

struct kvmfr_module {
	int error; /* what loading says */
	const char *sizes; /* what it makes instead of what was asked; one digit string a device */
	bool other; /* the other module: no size in sysfs, the ioctl says it */
	bool owns; /* ours: nodes are born with their owner */
	bool no_node;
	unsigned int loads;
	char options[KVMFR_OPTIONS];
};

extern struct kvmfr_module module;

/* One digit string is the size of device n. */
void make_device(unsigned int n, const char *size);
bool may_make_nodes(void);
void node_is(mode_t mode, uid_t uid, gid_t gid);

/* Tests that need nodes say so when they cannot have them. */
#define NODES                  \
	(void)state;           \
	if (!may_make_nodes()) \
	skip()
