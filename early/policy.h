/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The policy: rules with the place each came from, and the grammar of one line.
 *
 * Knows text and nothing of files, sysfs or what this machine has. A bad line adds a problem that
 * names the place, quotes the word and says what was expected, and becomes no rule.
 * struct policy owns everything below it: policy_free().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bdf.h"
#include "problems.h"

#define POLICY_LINE_MAX 2048 /* bytes in one line, without its newline */
#define POLICY_RULES_MAX 1024
#define POLICY_PROFILES_MAX 8
#define POLICY_NAME_MAX 63
#define POLICY_EXPECT_MAX 256

enum rule_kind {
	RULE_CLAIM = 1 << 0,
	RULE_PROTECT = 1 << 1,
	RULE_KVMFR = 1 << 2,
	RULE_HUGEPAGES = 1 << 3,
};

/* One bit per key: which were given. "Not given" is never the same as zero. */
enum rule_key {
	KEY_GROUP,
	KEY_DEVICE,
	KEY_PATH,
	KEY_ID,
	KEY_EXPECT,
	KEY_NAME,
	KEY_OPTIONAL,
	KEY_PROFILE,
	KEY_ALLOW,
	KEY_DRIVER,
	KEY_REBIND,
	KEY_ON_FAILURE,
	KEY_RESET_METHOD,
	KEY_D3COLD,
	KEY_POWER,
	KEY_SIZE,
	KEY_FOR,
	KEY_HDR,
	KEY_OWNER,
	KEY_OWNER_GROUP, /* kvmfr's group=: the group of the device node */
	KEY_MODE,
	KEY_COUNT,
	KEY_NODE,
};

enum allow {
	ALLOW_CONSOLE = 1 << 0,
	ALLOW_COLLATERAL = 1 << 1,
};

#define RULE_ATTRS 3 /* KEY_RESET_METHOD, KEY_D3COLD, KEY_POWER */

struct origin {
	const char *source; /* "/etc/vfio-early.conf" or "cmdline: vfio_early.groups" */
	unsigned int line; /* 0: the source has no lines */
};

#define ORIGIN_TEXT 160

struct rule {
	enum rule_kind kind;
	struct origin origin;
	uint32_t given; /* 1 << enum rule_key */
	char *text; /* the statement as written */
	char *words; /* its copy, cut up; the strings below point into it */

	uint32_t group;
	struct pci_addr device;
	struct pci_path path;
	struct pci_id id;
	struct pci_id *expect;
	unsigned int expects;

	const char *name;
	const char *profile;
	const char *driver; /* a driver's name or "auto" */
	const char *attr[RULE_ATTRS];
	unsigned int allow; /* enum allow */
	bool rebind;
	bool stop; /* on-failure=stop */

	uint64_t size; /* bytes: kvmfr memory or one huge page */
	uint32_t width, height;
	const char *owner, *owner_group;
	uint32_t mode, count, node;
};

/* A file that the policy came from, and what was in it. */
struct policy_file {
	const char *name;
	uint64_t hash; /* of all its bytes: FNV-1a, to tell a change and not to prove anything */
	int error; /* -errno where it could not be read to its end */
};

struct policy {
	struct rule *rule;
	size_t rules, room;
	struct policy_file *file;
	size_t files;
	char **source; /* names that origins point to */
	size_t sources;
	const char *profile[POLICY_PROFILES_MAX];
	unsigned int profiles;
	bool all_profiles; /* the rules of every profile count: what an image is made for */
	bool disabled; /* vfio_early=0 */
	bool cmdline_only; /* vfio_early.policy=cmdline */
	bool void_stop; /* a line with on-failure=stop was void */
	bool overflow; /* more than POLICY_RULES_MAX */
};

static inline bool rule_has(const struct rule *r, enum rule_key key)
{
	return r->given & 1U << key;
}

void policy_free(struct policy *p);

/* Forgets all rules, as vfio_early=0 asks. */
void policy_drop_rules(struct policy *p);

/* A copy of name that lives as long as the policy, for origins and profiles; NULL without memory.
 */
const char *policy_keep(struct policy *p, const char *name) must_check;

/* Notes a file that counts, before its first line. NULL without memory. */
struct policy_file *policy_add_file(struct policy *p, const char *name) must_check;
void policy_hash(struct policy_file *f, const char *buf, size_t len);

/* Parses one line (without newline; len because it may hold NUL). 0 also for empty lines and for
 * lines that became a problem; -errno only without memory. */
int policy_add_line(struct policy *p, const struct origin *origin, const char *line, size_t len,
		    struct problems *problems) must_check;

/* "/etc/vfio-early.conf:3" or "cmdline: vfio_early.groups" */
const char *origin_format(const struct origin *o, char buf[ORIGIN_TEXT]);
