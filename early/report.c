/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "group.h"
#include "out.h"
#include "policy_keys.h"
#include "text.h"

#define FRESH_FLAGS (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)

static void tell_counts(const struct result *r, size_t already, char buf[REASON_TEXT])
{
	const struct {
		const char *before;
		size_t count;
	} part[] = {
		{ "devices: ", result_count(r, OUTCOME_CLAIMED) },
		{ " claimed, ", already },
		{ " already ours, ",
		  result_count(r, OUTCOME_FAILED) + result_count(r, OUTCOME_LOST) },
		{ " failed, ", result_count_refused(r) },
	};
	char *at = buf, *end = buf + REASON_TEXT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(part); i++)
		at = text_put_number(text_put(at, end, part[i].before), end, part[i].count);
	(void)text_put(at, end, " refused");
}

static void summary(const struct result *r, char buf[REASON_TEXT])
{
	size_t already = result_count(r, OUTCOME_ALREADY);

	if (strcmp(r->state, "disabled") == 0)
		(void)snprintf(buf, REASON_TEXT,
			       "switched off by vfio_early= on the kernel command line, nothing "
			       "claimed");
	else if (strcmp(r->state, "nothing") == 0)
		(void)snprintf(buf, REASON_TEXT, "no rule asks for anything, nothing claimed");
	else if (!r->plan)
		(void)snprintf(buf, REASON_TEXT, "nothing claimed");
	else if (result_unchanged(r))
		(void)snprintf(buf, REASON_TEXT, "nothing to change, %zu devices are ours already",
			       already);
	else
		tell_counts(r, already, buf);
}

static void number(struct out *o, const char *key, uint64_t value)
{
	out_text(o, key);
	out_text(o, "=");
	out_number(o, value);
	out_text(o, "\n");
}

static void hex(struct out *o, const char *key, uint64_t value, unsigned int digits)
{
	out_text(o, key);
	out_text(o, "=");
	out_hex(o, value, digits);
	out_text(o, "\n");
}

static void write_head(struct out *o, const struct result *r)
{
	char text[REASON_TEXT];
	struct utsname u;
	unsigned int i;

	out_key(o, "version", VFIO_EARLY_VERSION);
	if (uname(&u) == 0)
		out_key(o, "kernel", u.release);
	if (r->by_hand)
		out_key(o, "run", "by-hand");
	out_key(o, "state", r->state);
	number(o, "exit", r->status);
	summary(r, text);
	out_key(o, "summary", text);
	for (i = 0; i < r->problems->kept; i++) {
		out_text(o, "\n");
		out_key(o, "problem", r->problems->text[i]);
	}
	if (r->problems->count > r->problems->kept) {
		(void)snprintf(text, sizeof(text), "and %u more",
			       r->problems->count - r->problems->kept);
		out_text(o, "\n");
		out_key(o, "problem", text);
	}
}

static void write_policy(struct out *o, const struct policy *p)
{
	size_t i;

	for (i = 0; i < p->files; i++) {
		out_text(o, "\n");
		out_key(o, "policy", p->file[i].name);
		if (p->file[i].error)
			out_key(o, "hash", "");
		else
			hex(o, "hash", p->file[i].hash, 16);
	}
}

/* "1,15": the groups that the rule takes. */
static void write_groups(struct out *o, const struct plan *plan, size_t rule)
{
	const char *comma = "";
	struct group g;
	size_t at;

	out_text(o, "groups=");
	for (at = 0; group_next(plan, &at, &g);) {
		if (!group_taken_by(&g, rule))
			continue;
		out_text(o, comma);
		out_number(o, (uint64_t)g.number);
		comma = ",";
	}
	out_text(o, "\n");
}

static void write_rule(struct out *o, const struct result *r, size_t i)
{
	const struct rule *rule = &r->policy->rule[i];
	char place[ORIGIN_TEXT], reason[REASON_TEXT];

	out_text(o, "\n");
	out_key(o, "rule", origin_format(&rule->origin, place));
	out_key(o, "text", rule->text);
	out_key(o, "name", rule->name ? rule->name : "");
	write_groups(o, r->plan, i);
	out_key(o, "state", result_rule(r, i, reason));
	out_key(o, "reason", reason);
	out_key(o, "met", result_rule_unmet(r, i) ? "no" : "yes");
}

static void write_device(struct out *o, const struct result *r, size_t i)
{
	const struct pci_dev *d = &r->plan->inv->dev[i];
	const struct plan_dev *pd = &r->plan->dev[i];
	const struct outcome *outcome = r->outcomes ? &r->outcomes->dev[i] : NULL;
	char addr[ADDR_TEXT], id[ID_TEXT], reason[REASON_TEXT], place[ORIGIN_TEXT];
	const char *state = result_device(r, i, reason);

	addr_format(&d->addr, addr);
	id_format(&(struct pci_id){ .vendor = d->id.vendor, .device = d->id.device }, id);
	out_text(o, "\n");
	out_key(o, "device", addr);
	out_key(o, "id", id);
	id_format(&(struct pci_id){ .vendor = d->id.subvendor, .device = d->id.subdevice }, id);
	out_key(o, "subsystem", id);
	hex(o, "class", d->class >> 8, 4);
	if (d->group >= 0)
		number(o, "group", (uint64_t)d->group);
	else
		out_key(o, "group", "");
	out_key(o, "rule", origin_format(&r->policy->rule[pd->rule].origin, place));
	out_key(o, "action", action_name(pd->action));
	out_key(o, "target", pd->target);
	out_key(o, "driver-before", d->driver);
	out_key(o, "driver-after",
		outcome && pd->action == ACTION_CLAIM ? outcome->driver : d->driver);
	out_key(o, "state", state);
	out_key(o, "reason", reason);
}

static void write_kvmfr(struct out *o, const struct kvmfr *k, size_t n)
{
	const struct kvmfr_dev *d = &k->dev[n];
	char path[KVMFR_NODE_TEXT];

	out_text(o, "\n");
	out_key(o, "kvmfr", kvmfr_node_path((unsigned int)n, path));
	out_printf(o, "size=%llu\n", (unsigned long long)d->size);
	if (d->give)
		out_printf(o, "mode=%04o\nuid=%u\ngid=%u\n", (unsigned int)d->mode,
			   (unsigned int)d->uid, (unsigned int)d->gid);
	out_key(o, "state", kvmfr_state_name(d->state));
	out_key(o, "reason", d->reason);
}

static int write_body(int fd, const struct result *r)
{
	struct out o;
	size_t i;

	out_start(&o, fd);
	write_head(&o, r);
	write_policy(&o, r->policy);
	for (i = 0; r->plan && i < r->policy->rules; i++)
		write_rule(&o, r, i);
	for (i = 0; r->plan && i < r->plan->inv->devs; i++)
		if (r->plan->dev[i].rule != NO_RULE)
			write_device(&o, r, i);
	for (i = 0; r->kvmfr && i < r->kvmfr->devs; i++)
		write_kvmfr(&o, r->kvmfr, i);
	out_text(&o, REPORT_END);
	return out_flush(&o);
}

/* The report of the boot stays when a later run finds all as the boot left it. */
static bool report_stands(int dir, const struct result *r)
{
	const off_t end = sizeof(REPORT_END) - 1;
	char head[512];
	bool stands;
	int n, fd;

	if (!result_unchanged(r))
		return false;
	fd = openat(dir, REPORT_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = (int)read(fd, head, sizeof(head) - 1);
	head[n > 0 ? n : 0] = '\0';
	stands = strstr(head, "\nstate=done\nexit=0\n") && lseek(fd, -end, SEEK_END) >= 0 &&
		 read(fd, head, (size_t)end) == end && memcmp(head, REPORT_END, (size_t)end) == 0;
	(void)close(fd);
	return stands;
}

int report_write(const struct root *root, const char *where, const struct result *r, bool *made)
{
	static const char fresh[] = REPORT_FILE ".new";
	auto_close int dir = -1;
	int fd, err;

	*made = mkdirat(root->fd, where, 0755) == 0;
	if (!*made && errno != EEXIST)
		return -errno;
	dir = root_openat(root, where, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	if (dir < 0)
		return dir;
	if (*made && fchmod(dir, 0755) < 0) /* whatever the umask is */
		return -errno;
	if (report_stands(dir, r))
		return 0;
	fd = openat(dir, fresh, FRESH_FLAGS, 0644);
	if (fd < 0 && errno == EEXIST && unlinkat(dir, fresh, 0) == 0)
		fd = openat(dir, fresh, FRESH_FLAGS, 0644); /* of a run that was cut off */
	if (fd < 0)
		return -errno;
	err = fchmod(fd, 0644) < 0 ? -errno : write_body(fd, r);
	if (close(fd) < 0 && err == 0)
		err = -errno;
	if (err == 0 && renameat(dir, fresh, dir, REPORT_FILE) < 0)
		err = -errno;
	if (err < 0)
		(void)unlinkat(dir, fresh, 0);
	return err;
}

/* Sends what fits and counts the rest; one line is kept back to say so. */
struct speaker {
	struct log *log;
	unsigned int left;
	unsigned int dropped;
};

static void say(struct speaker *s, enum log_level level, const char *who, const char *what,
		const char *why)
{
	char line[ORIGIN_TEXT + REASON_TEXT];

	if (!s->left) {
		s->dropped++;
		return;
	}
	s->left--;
	text_join(line, sizeof(line), who, " ", what, why[0] ? ": " : "", why);
	log_text(s->log, level, line);
}

static void say_rules(struct speaker *s, const struct result *r, bool unmet)
{
	char place[ORIGIN_TEXT], reason[REASON_TEXT];
	size_t i;

	for (i = 0; r->plan && i < r->policy->rules; i++) {
		const struct rule *rule = &r->policy->rule[i];
		const char *state;

		if (result_rule_unmet(r, i) != unmet || rule->kind == RULE_PROTECT)
			continue;
		state = result_rule(r, i, reason);
		say(s, unmet ? LOG_ERR : LOG_NOTICE, origin_format(&rule->origin, place), state,
		    reason);
	}
}

void report_log(struct log *log, const struct result *r, const char *dir, int report_error)
{
	struct speaker s = { .log = log, .left = LOG_LINES - log->lines - 2 };
	char text[REASON_TEXT], line[REASON_TEXT + 24], file[64];
	char *at, *end = line + sizeof(line);
	unsigned int i;

	text_join(file, sizeof(file), "/", dir, "/" REPORT_FILE);
	summary(r, text);
	at = text_put(text_put(line, end, text), end, " (exit status ");
	(void)text_put(text_put_number(at, end, r->status), end, ")");
	log_text(log, r->status == EXIT_DONE ? LOG_NOTICE : LOG_ERR, line);
	if (report_error < 0)
		say(&s, LOG_ERR, "cannot write", file, strerror(-report_error));
	say_rules(&s, r, true);
	for (i = 0; i < r->problems->kept; i++)
		say(&s, LOG_WARNING, "problem:", r->problems->text[i], "");
	s.dropped += r->problems->count - r->problems->kept;
	say_rules(&s, r, false);
	if (s.dropped)
		log_line(log, LOG_NOTICE, "and %u more, see %s", s.dropped, file);
}
