/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `list` shows: the decision, and beside it what only people want to know of each device.
 * Gathers and frees; the views print it.
 */
#pragma once

#include "decision.h"
#include "group.h"
#include "operator/pci_ids.h"
#include "operator/reset.h"

#define GUARDS_TOLD 5

struct listing {
	struct decision d;
	struct pci_names names;
	char (*reset)[RESET_TEXT]; /* by device */
	int only; /* the device asked for, or -1 for all */
	bool nothing; /* the device asked for is not there */
	/* For one device: */
	char guard[GUARDS_TOLD][REASON_TEXT]; /* what the guards would say to a bare claim */
	unsigned int guards;
	char claim[POLICY_LINE_MAX + 1]; /* the ready line, "" for none */
};

/* True if the view shows this device: all, or the group of the one asked for. */
bool listing_shows(const struct listing *l, size_t dev);

/* "Vendor Device", cut to size; "" without pci.ids. */
void listing_name(const struct listing *l, size_t dev, char *text, size_t size);

/* Steps through what the view shows, by group and address, those without a group last. The index of
 * a device, or -1 at the end. Start with *at = 0. */
int listing_next(const struct listing *l, size_t *at);

void list_table(struct out *o, const struct listing *l);
void list_json(struct out *o, const struct listing *l);
