/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much memory there is, as /proc/meminfo says. Knows its form, and not what anybody needs.
 */
#pragma once

#include <stdint.h>

#include "root.h"

/* The line that begins with key ("MemTotal:"), in bytes. 0, -ENODATA where there is none, or
 * another -errno. */
int meminfo_read(const struct root *r, const char *key, uint64_t *bytes) must_check;
