/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vfio_early keys of the kernel command line: each becomes the statement that it stands for.
 * Part of sources.c. Knows no files.
 */
#pragma once

#include "policy.h"

/* Cuts text up in place. 0 or -ENOMEM. */
int sources_cmdline(struct policy *p, char *text, struct problems *problems) must_check;
