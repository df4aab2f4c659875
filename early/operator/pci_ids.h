/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of vendors and devices, out of the system's pci.ids where it has one.
 *
 * Knows the format of that file and which names an inventory needs; keeps no others. The file is
 * read once, in pieces. Nothing depends on a name: without the file there is none.
 * struct pci_names owns what is below it: pci_names_free().
 */
#pragma once

#include "pci.h"

#define PCI_NAME_MAX 96 /* bytes; a longer name is cut */

struct pci_names {
	struct pci_name *name; /* sorted */
	size_t names;
};

/* Without memory there are no names. */
void pci_names_read(struct pci_names *n, const struct inventory *inv, const struct root *r);
void pci_names_free(struct pci_names *n);

/* As the file spells them, whatever bytes that are: for out_escaped() or out_json(). NULL: unknown.
 */
const char *pci_vendor_name(const struct pci_names *n, const struct pci_id *id);
const char *pci_device_name(const struct pci_names *n, const struct pci_id *id);
