/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few lines that a boot says: to /dev/kmsg, or to stderr where that cannot be opened.
 *
 * The only file that prints to the kernel log. The kernel drops lines after ten in five seconds,
 * so no more than LOG_LINES are ever sent; whoever logs puts the important ones first. Never
 * exits, never allocates, keeps errno.
 */
#pragma once

#include "attrs.h"
#include "root.h"

#define LOG_LINES 8

enum log_level {
	LOG_ERR = 3,
	LOG_WARNING = 4,
	LOG_NOTICE = 5,
};

struct log {
	int fd;
	bool kernel; /* fd is kmsg, else stderr */
	unsigned int lines;
};

void log_open(struct log *l, const struct root *r);
void log_text(struct log *l, enum log_level level, const char *text);
/* The same in the manner of printf. */
void log_line(struct log *l, enum log_level level, const char *format, ...) printf_like(3, 4);
void log_close(struct log *l);
