/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reserves huge pages while memory is still in one piece, and reads back how many there are.
 * A pool that is large enough already is left alone; none is ever made smaller. Knows no PCI.
 */
#pragma once

#include "policy.h"
#include "root.h"

#define HUGEPAGES_MS 10000

struct hugepages {
	bool tried;
	bool already; /* enough before we came */
	uint32_t got; /* pages in the pool at the end */
	int error; /* -errno, or 0: then got says whether it was enough */
};

/* How many there are; changes nothing. */
void hugepages_look(struct hugepages *h, const struct root *r, const struct rule *rule);
void hugepages_reserve(struct hugepages *h, const struct root *r, const struct rule *rule);
bool hugepages_enough(const struct hugepages *h, const struct rule *rule);
