/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a person names on our command line: a PCI device by its address, or rules of the policy by
 * their name. An address has a colon, a name never has one.
 *
 * Pure: knows the inventory and the policy, and neither files nor sysfs. What does not fit becomes
 * a problem: EXIT_USAGE for a word that is neither, EXIT_UNCLAIMED for what is not there.
 */
#pragma once

#include "pci.h"
#include "policy.h"
#include "problems.h"

bool operand_is_address(const char *text);

/* What can be said without inventory and policy: 0, with the address where it is one, or -EINVAL.
 */
int operand_check(const char *text, struct pci_addr *a, struct problems *problems) must_check;

/* The index in the inventory, -EINVAL for a malformed address, -ENODEV. */
int operand_device(const char *text, const struct inventory *inv,
		   struct problems *problems) must_check;

/* How many rules of these kinds have the name, -EINVAL for no name at all, -ENOENT. */
int operand_rules(const char *text, const struct policy *policy, unsigned int kinds,
		  struct problems *problems) must_check;
/* True if it is one of them. */
bool operand_names(const char *text, const struct rule *rule, unsigned int kinds);
