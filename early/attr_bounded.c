/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attr_write_bounded(): the write of attr_write.c in a process that we stop waiting for.
 */
#include "attr.h"
#include "bounded.h"

struct write_call {
	int dir;
	const char *rel;
	const char *value;
};

static int write_now(void *arg)
{
	const struct write_call *w = arg;

	return attr_write(w->dir, w->rel, w->value);
}

int attr_write_bounded(int dir, const char *rel, const char *value, unsigned int milliseconds)
{
	struct write_call w = { dir, rel, value };

	return bounded_run(write_now, &w, milliseconds);
}
