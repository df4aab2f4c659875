/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file beside the report that stands as long as a rule with on-failure=stop is not known to be
 * carried out. A hook that finds it after the claim stops the boot: so a claim that crashed, or was
 * ended, stops it as well. Knows the place of that file, not what a rule wants. Where the place
 * cannot be written there is no file, and only exit status 6 stops the boot.
 */
#pragma once

#include "root.h"

#define STOP_MARK "stop"

/* dir is the directory of the report below the root. */
void stop_mark_set(const struct root *root, const char *dir);
void stop_mark_clear(const struct root *root, const char *dir);
bool stop_mark_stands(const struct root *root, const char *dir);
