/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the policy comes from: the kernel command line, then the files, and in which order.
 *
 * Turns every key of the command line into the statement that it stands for and hands it to
 * policy.c: one grammar. Knows no sysfs. What cannot be read becomes a problem.
 */
#pragma once

#include "policy.h"
#include "root.h"

struct source_options {
	const struct root *files; /* whose etc/ holds the policy files */
	const char *cmdline; /* instead of /proc/cmdline; NULL: read it */
	const char *file; /* instead of the policy files; NULL: read them */
};

/* 0, or -errno when not even that much is known whether we may act (no command line, no memory). */
int sources_load(struct policy *p, const struct root *r, const struct source_options *options,
		 struct problems *problems) must_check;

/* The kernel command line, whose text the caller frees. 0, or -errno and no text. */
int sources_read_cmdline(const struct root *r, char **text) must_check;

/* Calls found(arg, "etc/vfio-early.d/x.conf") for each policy file there is, in the order in which
 * they count. Stops at the first value below 0 and returns it. */
int sources_files(const struct root *r, int (*found)(void *arg, const char *rel),
		  void *arg) must_check;
