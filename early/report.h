/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tells what happened: a few lines to the kernel log, everything to a file, which is there whole or
 * not at all. Decides nothing.
 */
#pragma once

#include "log.h"
#include "result.h"

/* What every report ends with: one that does not was cut off. */
#define REPORT_END "\nend=\n"

/* Writes WHERE/report, WHERE relative to the root. 0 or -errno. *made: that folder was not there.
 */
int report_write(const struct root *root, const char *where, const struct result *r,
		 bool *made) must_check;
/* At most LOG_LINES lines, the important ones first. report_error: what report_write() said. */
void report_log(struct log *log, const struct result *r, const char *dir, int report_error);
