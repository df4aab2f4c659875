/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of the claim: one run, and what its two halves share. Only claim.c and claim_release.c
 * include this.
 */
#pragma once

#include "claim.h"

#define DEV_PATH 64

struct claim {
	const struct root *root;
	const struct plan *plan;
	struct modload *modules;
	struct outcomes *out;
	int devices; /* /sys/bus/pci/devices */
	bool boot_goes_on; /* drivers are loaded meanwhile, and do not come back to a device by
			      themselves */
	bool stuck; /* a device is: what would wait for it gets a limit of its own */
};

/* i is the index of a device in the inventory.
 * "0000:01:00.0/driver_override", relative to c->devices: */
const char *claim_path(const struct claim *c, size_t i, const char *attr, char buf[DEV_PATH]);
/* The device's outcome while nothing is decided about it, else NULL. */
struct outcome *claim_pending(struct claim *c, size_t i);
void claim_fail(struct claim *c, size_t i, enum claim_step step, int error);
/* Reads the driver link into the outcome. */
void claim_read_driver(struct claim *c, size_t i);

/* If no other driver can take any of the devices from now on, as the kernel itself says: tells the
 * one who asked. */
void claim_tell_held(struct claim *c);

/* Makes the drivers of all pending devices let go, then takes back what was done to the devices of
 * rules that failed at it. */
void claim_release(struct claim *c);
/* Takes the override back from a device that was not handed over, and gives the device back. */
void claim_restore(struct claim *c, size_t i);
/* Writes what waits for a device's lock; with a limit where something is stuck already. */
int claim_write(struct claim *c, int dir, const char *rel, const char *value) must_check;
