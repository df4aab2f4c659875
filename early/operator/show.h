/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a virtual machine needs for what the policy claims, in the words of QEMU, of libvirt, or for
 * others. Inside of the command show: only show*.c include this. Borrows everything.
 */
#pragma once

#include "decision.h"

/* One /dev/kvmfrN. */
struct show_memory {
	unsigned int n;
	uint64_t size; /* bytes: of the device, or of the policy where there is none yet */
	bool there;
};

struct show {
	struct out *out;
	const struct root *root;
	const struct decision *d;
	const bool *chosen; /* by device */
	struct show_memory memory[KVMFR_DEVICES];
	unsigned int memories;
	bool legacy;
};

/* Steps through the devices to show; false at the end. Start with *i = 0. */
bool show_next(const struct show *s, size_t *i, const struct pci_dev **dev);
/* How many functions of the device's slot are shown. */
unsigned int show_functions(const struct show *s, const struct pci_dev *dev);
/* "kvmfr0 is not there yet: the size is the policy's" where that is so. */
void show_memory_note(const struct show *s, const char *before, const char *after);
/* Where the device comes from: "group 1, /etc/vfio-early.conf:3" */
void show_origin(const struct show *s, size_t i, char buf[REASON_TEXT]);

void show_qemu(const struct show *s);
void show_libvirt(const struct show *s);
void show_vfio(const struct show *s);
