/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of `vfio-early check`: what its questions share.
 *
 * A question is one function that looks at one thing and calls answer() at least once. Questions do
 * not know each other, write nothing, and say ANSWER_UNKNOWN, with the reason, for what this user
 * or this tree cannot show. struct check is the caller's; a question only borrows it.
 */
#pragma once

#include "decision.h"
#include "group.h"
#include "modload.h"

#define ANSWER_TEXT 320
#define MODULES_DIR "lib/modules"
#define OSRELEASE "proc/sys/kernel/osrelease"
#define ANSWERS_SHOWN 16 /* of one question; the others are counted */

enum answer_state {
	ANSWER_OK,
	ANSWER_UNKNOWN,
	ANSWER_WARNING,
	ANSWER_PROBLEM,
};

struct check {
	const struct options *o;
	struct decision d;
	char *cmdline; /* or NULL */
	char kernel[128]; /* the version, "" where nobody knows */
	struct modload modules; /* of that kernel */
	int index_error; /* of their index: 0, or as modload_check() */

	struct out out;
	bool color;
	const struct question *now;
	size_t shown, given; /* answers to this question, and lines in all */
	enum answer_state hidden; /* the worst of those that were not shown */
	enum exit_status status;
};

/* One line. advice says what to do; NULL for nothing. Text may hold anything: it is escaped. */
void answer(struct check *c, enum answer_state state, const char *advice, const char *format, ...)
	printf_like(4, 5);

/* The index of the next device that the policy claims, from i on; -1 at the end. */
int check_next_claimed(const struct check *c, size_t i);
bool check_claims(const struct check *c, int dev);
/* The address of a device, in a buffer of the caller's. */
const char *check_addr(const struct check *c, int dev, char buf[ADDR_TEXT]);
/* The claimed device that a path of sysfs leads through ("../../devices/pci0000:00/..."), or -1. */
int check_claimed_in_path(const struct check *c, const char *path);
/* True if the block device of this name ("dm-0") is an open LUKS volume. */
bool check_is_luks(const struct root *r, const char *name);
/* Calls found(arg, key, value) for each word of the kernel command line; value is never NULL. */
void check_cmdline(const struct check *c, void (*found)(void *arg, char *key, char *value),
		   void *arg);
/* Whether the policy has a rule of this kind. */
bool check_asks(const struct check *c, enum rule_kind kind);
bool check_module_is(const char *name, const char *wanted); /* '-' and '_' are alike */

/* The questions. */
void check_policy(struct check *c);
void check_rules(struct check *c);
void check_twins(struct check *c);
void check_hugepages(struct check *c);
void check_pci(struct check *c);
void check_iommu(struct check *c);
void check_remapping(struct check *c);
void check_acs(struct check *c);
void check_vfio(struct check *c);
void check_variant(struct check *c);
void check_framebuffer(struct check *c);
void check_console(struct check *c);
void check_leftovers(struct check *c);
void check_blacklist(struct check *c);
void check_image(struct check *c);
void check_kvmfr(struct check *c);
void check_kvmfr_node(struct check *c);
void check_lockdown(struct check *c);
void check_storage(struct check *c);
void check_input(struct check *c);
void check_network(struct check *c);
