/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What went wrong, in words, with the exit status that it asks for. Bounded: the first
 * PROBLEMS_KEPT are kept whole, the others are counted. Also the exit statuses themselves.
 */
#pragma once

#include "attrs.h"

enum exit_status {
	EXIT_DONE = 0, /* all done, or nothing asked */
	EXIT_INTERNAL = 1, /* out of memory, a bug, output could not be written */
	EXIT_USAGE = 2, /* wrong words on our own command line */
	EXIT_POLICY = 3, /* something in the policy is wrong; the rest was done */
	EXIT_UNCLAIMED = 4, /* a rule was refused, or a device not claimed */
	EXIT_ENVIRONMENT = 5, /* no sysfs, no IOMMU, no vfio-pci */
	EXIT_STOP = 6, /* claim only: a rule with on-failure=stop failed */
};

#define PROBLEMS_KEPT 32
#define PROBLEM_TEXT 256

struct problems {
	unsigned int kept;
	unsigned int count;
	enum exit_status worst;
	char text[PROBLEMS_KEPT][PROBLEM_TEXT]; /* last: the pages of most are never touched */
};

/* place may be NULL; else the text becomes "place: text". */
void problems_add(struct problems *p, enum exit_status status, const char *place,
		  const char *format, ...) printf_like(4, 5);

/* The worse of two exit statuses. */
enum exit_status status_worse(enum exit_status a, enum exit_status b);
