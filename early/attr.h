/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads and writes small files: sysfs attributes, /proc/cmdline.
 *
 * The only door through which the program changes the kernel's state: attr_write(). Tests replace
 * that one function. Knows nothing of what the attributes mean. Retries EINTR, never blocks on a
 * FIFO or a device that somebody put in the way of a policy file.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "attrs.h"

/* Reads the whole file into buf and ends it with NUL, one trailing newline removed. Returns the
 * length, -E2BIG if the file does not fit, -EISDIR, or another -errno. */
int attr_read(int dir, const char *rel, char *buf, size_t size) must_check;

/* The same from an open descriptor; binary safe, nothing removed. */
int attr_read_fd(int fd, char *buf, size_t size) must_check;

/* Writes value in one write(), as sysfs wants it. 0 or -errno. */
int attr_write(int dir, const char *rel, const char *value) must_check;

/* The same where the kernel may have to be waited for: -ETIMEDOUT when it has not come back. */
int attr_write_bounded(int dir, const char *rel, const char *value,
		       unsigned int milliseconds) must_check;

/* Puts the last component of a symbolic link's target into buf ("vfio-pci" for DEVICE/driver).
 * 0, -ENOENT where there is no link, or another -errno. */
int attr_link_name(int dir, const char *rel, char *buf, size_t size) must_check;

/* Reads a hexadecimal number with or without 0x, at most max. 0 or -errno. */
int attr_read_hex(int dir, const char *rel, uint32_t max, uint32_t *value) must_check;

/* Writes all of buf, through short writes and EINTR. 0 or -errno. */
int write_all(int fd, const char *buf, size_t len) must_check;
