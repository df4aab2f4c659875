/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a device can be reset, as the kernel says (since 5.15). Knows one attribute.
 */
#pragma once

#include <stddef.h>

#include "attrs.h"
#include "bdf.h"

#define RESET_TEXT 40

/* "flr,bus" in the kernel's order, as attr.reset_method= wants it; "" where there is none or the
 * kernel does not say. devices is a descriptor of the directory with all devices. */
void reset_methods(int devices, const struct pci_addr *addr, char text[RESET_TEXT]);
