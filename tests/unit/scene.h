/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Policy, inventory and plan together, for tests: from lines of text and either devices in memory
 * or the fake machine. Ends the test where something cannot even be begun.
 */
#pragma once

#include "outcome.h"
#include "result.h"

struct scene {
	struct problems problems;
	struct policy policy;
	struct inventory inv;
	struct plan plan;
	struct outcomes outcomes;
	struct result result;
	bool planned, claimed;
	char reason[REASON_TEXT];
};

/* Parses the lines of "policy:1" and following. */
void add_lines(struct policy *p, const char *lines, struct problems *problems);

/* Adds a device in memory: "0000:01:00.0", "10de:13c2[:1043:8508]", the six digits of the class, a
 * group or -1. The later ones must have the higher addresses. */
struct pci_dev *scene_device(struct scene *s, const char *addr, const char *id, uint32_t class,
			     int group);
void scene_policy(struct scene *s, const char *lines);
void scene_plan(struct scene *s);
/* Reads the fake machine, plans, and carries the plan out. modules: there are some. */
void scene_claim(struct scene *s, const char *lines, bool modules);
/* The same, and held() is called as the claim says. */
void scene_claim_held(struct scene *s, const char *lines, bool modules, void (*held)(void));
/* The same policy once more, on the machine as it is now. */
void scene_claim_again(struct scene *s);
void scene_free(struct scene *s);

/* The state of the nth rule, or of the device; the reason is left in s->reason. */
const char *scene_rule(struct scene *s, size_t rule);
const char *scene_dev(struct scene *s, const char *addr);
/* claim, leave or refuse */
const char *scene_action(struct scene *s, const char *addr);
const struct outcome *scene_outcome(const struct scene *s, const char *addr);
