/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much memory a resolution needs, and lists of sizes as the module's parameter has them.
 * Pure: no file, no policy. Sizes are in bytes; the parameter counts in MiB.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attrs.h"

#define KVMFR_SIZE_MIN (1ULL << 20)
#define KVMFR_SIZE_MAX (1ULL << 30) /* the ioctl returns the size as an int */

/* The larger of the two formulas that Looking Glass has published, rounded up to a power of two. It
 * may be more than KVMFR_SIZE_MAX. width and height: up to 16384. */
uint64_t kvmfr_size_for(uint32_t width, uint32_t height, bool hdr);

/* The last "static_size_mb=64,128" among the options of a module, into value; "" where there is
 * none. -E2BIG if it does not fit. */
int kvmfr_size_option(const char *options, char *value, size_t size) must_check;

/* "64,128" into sizes, which are powers of two: QEMU ends with any other. How many, or -EINVAL.
 * Cuts the list up. */
int kvmfr_size_list(char *list, uint64_t *sizes, size_t max) must_check;
