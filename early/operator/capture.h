/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine as a text: the format of tests/fixtures, from which the tests make a tree again.
 *
 * Holds what the decision depends on and nothing that tells this machine from another of its kind:
 * no serial number, no address of a network card, no name of a host, disk or user. Of the kernel
 * command line it keeps the words on its list, no others. Reads, and writes to `out` alone.
 */
#pragma once

#include "out.h"
#include "pci.h"

/* 0, or -ENOMEM with nothing written. */
int capture_machine(struct out *out, const struct inventory *inv, const struct root *r) must_check;
