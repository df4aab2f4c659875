/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one policy file that a command writes to: a drop-in of its own, beside what people write.
 *
 * Knows its place and how a file is replaced in one step: nobody ever reads half of it, and it is
 * on the disk when this returns. Knows no grammar. A link in its place is never followed.
 */
#pragma once

#include "root.h"

#define DROPIN_NAME "50-pin.conf"
#define DROPIN_FILE POLICY_DIR "/" DROPIN_NAME

/* Makes the folder of the drop-ins where it is missing, and keeps other runs out until the
 * descriptor is closed. It, -EWOULDBLOCK where another run is at it, or another -errno. */
int dropin_lock(const struct root *r) must_check;

/* Adds one line to the end; all that was there stays. lock is from dropin_lock(). 0 or -errno. */
int dropin_append(int lock, const char *line) must_check;
