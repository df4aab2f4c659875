/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hands a module's file to the kernel. Alone in a file, so that tests can replace it: nobody has
 * modules to load there. Knows nothing of where modules are or what they depend on.
 */
#pragma once

#include <stdbool.h>

#include "attrs.h"

/* compressed: the kernel unpacks it. 0 also where it is loaded already; -ENOENT: no such file, or
 * the module's own; else the kernel's -errno. */
int modfile_insert(int dir, const char *path, bool compressed) must_check;
