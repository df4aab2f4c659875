/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory shared with a guest: which /dev/kvmfrN the policy wants, and loading the module for them.
 *
 * Deciding (kvmfr_plan) and doing (kvmfr_load) are apart; both fill one struct that owns nothing.
 * The kth device is /dev/kvmfrK. Works with our module and with the one of Looking Glass, which
 * knows static_size_mb only. Knows no PCI. Sizes are in bytes.
 */
#pragma once

#include "kvmfr_node.h"
#include "modload.h"
#include "plan.h"

#define KVMFR_MODULE "kvmfr"
#define KVMFR_MS 30000 /* to load the module, which clears the memory */
#define KVMFR_SPARE (64ULL << 20) /* what must be left of the available memory */
#define KVMFR_OPTIONS 512

enum kvmfr_state {
	KVMFR_WANTED, /* decided, not tried */
	KVMFR_REFUSED,
	KVMFR_LOADED, /* read back: size, owner and mode are right */
	KVMFR_ALREADY, /* it was so before we came */
	KVMFR_FAILED,
};

struct kvmfr_dev {
	size_t rule;
	uint64_t size; /* 0: nobody said one */
	bool give; /* the rule names an owner, a group or a mode */
	uid_t uid;
	gid_t gid;
	mode_t mode; /* 0: nobody chose one, udev rules decide */
	enum kvmfr_state state;
	enum exit_status status; /* what this state asks for */
	char reason[REASON_TEXT];
};

struct kvmfr {
	struct kvmfr_dev dev[KVMFR_DEVICES];
	size_t devs;
	bool too_many; /* more rules than devices: none is made */
};

/* Decides. options: what modprobe.d and the kernel command line say for the module; files: where
 * the names of owners are looked up. A name that is not known becomes a problem. Pure but for
 * that. */
void kvmfr_plan(struct kvmfr *k, const struct policy *policy, const char *options,
		const struct root *files, struct problems *problems);

/* The same with the options as libkmod reads them; modules may be NULL for none. */
void kvmfr_decide(struct kvmfr *k, const struct policy *policy, struct modload *modules,
		  const struct root *files, struct problems *problems);

/* Loads the module and reads back what it made. modules may be NULL: then nothing is loaded. Waits
 * KVMFR_MS at most. */
void kvmfr_load(struct kvmfr *k, const struct root *r, struct modload *modules);

/* True if the policy asks for any. */
bool kvmfr_asked(const struct policy *policy);

/* Did the rule get all it asks for, or may it still? */
bool kvmfr_unmet(const struct kvmfr *k, size_t rule);

/* load, refused, loaded, already, failed; what became of the rule, in words. */
const char *kvmfr_rule(const struct kvmfr *k, const struct policy *policy, size_t rule,
		       char reason[REASON_TEXT]);
const char *kvmfr_state_name(enum kvmfr_state s);

/* The worst that a device asks for. */
enum exit_status kvmfr_status(const struct kvmfr *k);

/* Every device that is still wanted gets this state and reason. */
void kvmfr_end(struct kvmfr *k, enum kvmfr_state state, enum exit_status status, const char *format,
	       ...) printf_like(4, 5);
