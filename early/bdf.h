/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI addresses, ids, bridge paths and classes: text to value and back.
 *
 * Pure: no file, no allocation. Parsers take the whole word, accept it exactly or return -EINVAL
 * with *why pointing at a constant sentence that says what was expected.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attrs.h"

#define ADDR_TEXT 20 /* "ffffffff:ff:1f.7" and room */
#define ID_TEXT 24 /* "10de:13c2:1043:8508" and NUL */
#define PATH_HOPS 16

struct pci_addr {
	uint32_t domain;
	uint8_t bus;
	uint8_t devfn; /* slot << 3 | function */
};

struct pci_id {
	uint16_t vendor, device, subvendor, subdevice;
	bool has_sub; /* false: any subsystem */
};

/* A device seen from its root bus: the first hop with its bus, then slot.function per bridge. */
struct pci_path {
	struct pci_addr first;
	uint8_t hop[PATH_HOPS]; /* devfn */
	unsigned int hops;
};

int addr_parse(const char *s, struct pci_addr *a, const char **why) must_check;
int id_parse(const char *s, struct pci_id *id, const char **why) must_check;
int path_parse(const char *s, struct pci_path *p, const char **why) must_check;

void addr_format(const struct pci_addr *a, char buf[ADDR_TEXT]);
void id_format(const struct pci_id *id, char buf[ID_TEXT]);

/* <0, 0, >0 in bus order. */
int addr_compare(const struct pci_addr *a, const struct pci_addr *b);
bool addr_same_slot(const struct pci_addr *a, const struct pci_addr *b);
/* True if the device's full id fits the wanted one (which may leave the subsystem open). */
bool id_matches(const struct pci_id *want, const struct pci_id *have);

/* Classes are the 24 bits of the class attribute. */
bool class_is_bridge(uint32_t class); /* PCI-to-PCI: never claimed, never counted */
bool class_is_display(uint32_t class);
bool class_shows_console(uint32_t class); /* a display controller, but not a mere 3D controller */
bool class_is_platform(uint32_t class); /* host or ISA bridge, SMBus, system peripheral */
bool class_is_storage(uint32_t class);
bool class_is_network(uint32_t class);
const char *class_name(uint32_t class); /* a constant such as "SATA controller" */
