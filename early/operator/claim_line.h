/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The claim statement for one device of this machine: its address, its way through the bridges, and
 * the identity of everything in its IOMMU group. Pure: knows the grammar and the inventory.
 */
#pragma once

#include "group.h"
#include "pci.h"
#include "policy.h"

/* The group that the device is in; false if it has none. */
bool group_of_device(const struct plan *plan, int dev, struct group *g);

/* Writes the statement, with name= unless it is NULL. 0, or -E2BIG where the group has more members
 * than one line can list. */
int claim_line(const struct group *g, int dev, const char *name,
	       char line[POLICY_LINE_MAX + 1]) must_check;

/* The way through the bridges that leads to this device and no other, as path= wants it, or ""
 * where there is no such way or the device lies on a root bus. */
void bridge_path(const struct inventory *inv, int dev, char text[POLICY_LINE_MAX + 1]);
