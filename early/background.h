/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A claim that lets the boot go on as soon as nobody else can have the devices, and ends beside it.
 *
 * Knows processes, and the file that says whether such a claim still runs. Knows nothing of
 * devices: when they are held is the claim's to say. The file lies beside the report. A lock on it
 * stands as long as that process lives; when it has ended, its exit status is in the file.
 */
#pragma once

#include "commands.h"

#define BACKGROUND_FILE "background"
#define BACKGROUND_MS 35000 /* for a claim: CLAIM_MS, and the report */

/* Leaves the claim to a new process. True in the one that called, as soon as the new one says that
 * it holds all (*status is EXIT_DONE), or has ended (*status is its exit status). False in the one
 * that is to claim: the new one; or the one that called, where there can be no other. */
bool background_leave(const struct options *o, enum exit_status *status) must_check;

/* Is this the new process? What it says: all is held; and, last, what it ends with. */
bool background_here(void);
void background_held(void);
void background_end(enum exit_status status);

/* Waits until the claim in the background has ended, and returns its exit status. At once where
 * none was begun, or it was waited for already. */
enum exit_status background_wait(const struct options *o);
