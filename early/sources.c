/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "attr.h"
#include "sources_cmdline.h"
#include "text.h"

#define FILE_MAX (16U << 20)
#define DROPINS_MAX 256
#define SHOWN_TEXT 152 /* of the name of a file, so that a line number fits behind it */
#define CMDLINE_MAX 65536
#define CMDLINE_COMMON 2048 /* nearly all of them fit, and x86 has no longer ones */

struct reader {
	struct policy *policy;
	struct problems *problems;
	const struct root *root;
	struct origin origin;
	struct policy_file *file; /* the one that is being read */
	size_t len; /* of the line so far; POLICY_LINE_MAX + 1 means too long */
	char line[POLICY_LINE_MAX + 1];
};

static int end_line(struct reader *rd)
{
	size_t len = rd->len;

	rd->len = 0;
	rd->origin.line++;
	return policy_add_line(rd->policy, &rd->origin, rd->line, len, rd->problems);
}

static int add_bytes(struct reader *rd, const char *buf, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		int r = 0;

		if (buf[i] == '\n')
			r = end_line(rd);
		else if (rd->len <= POLICY_LINE_MAX)
			rd->line[rd->len++] = buf[i];
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_lines(struct reader *rd, int fd)
{
	char buf[1024];
	size_t total = 0;
	int r = 0;

	while (r == 0) {
		ssize_t n = read(fd, buf, sizeof(buf));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return rd->len ? end_line(rd) : 0;
		total += (size_t)n;
		if (total > FILE_MAX)
			return -EFBIG;
		policy_hash(rd->file, buf, (size_t)n);
		r = add_bytes(rd, buf, (size_t)n);
	}
	return r;
}

static const char *error_text(int err)
{
	if (err == -EISDIR)
		return "is a directory";
	if (err == -ENOTSUP)
		return "is not a regular file";
	return err == -EFBIG ? "is larger than 16 MiB" : strerror(-err);
}

static int read_file(void *arg, const char *rel)
{
	struct reader *rd = arg;
	char shown[ORIGIN_TEXT];
	auto_close int fd = root_open_regular(rd->root, rel);
	int r = fd;

	text_join(shown, SHOWN_TEXT, rel[0] == '/' ? "" : "/", rel);
	rd->origin.source = policy_keep(rd->policy, shown);
	rd->origin.line = 0;
	rd->len = 0;
	rd->file = rd->origin.source ? policy_add_file(rd->policy, rd->origin.source) : NULL;
	if (!rd->file)
		return -ENOMEM;
	if (fd >= 0)
		r = read_lines(rd, fd);
	if (r >= 0 || r == -ENOMEM)
		return r < 0 ? r : 0;
	rd->file->error = r;
	rd->origin.line++;
	problems_add(rd->problems, EXIT_POLICY, origin_format(&rd->origin, shown),
		     "%s; expected a readable policy file, nothing from here on counts",
		     error_text(r));
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_dropin(const char *name)
{
	size_t len = strlen(name);

	return name[0] != '.' && len > 5 && strcmp(name + len - 5, ".conf") == 0;
}

/* The names of the drop-ins, unsorted. Their number, or -errno. */
static int list_dropins(DIR *dir, char *name[DROPINS_MAX])
{
	struct dirent *e;
	int n = 0;

	while ((errno = 0, e = readdir(dir))) {
		if (!is_dropin(e->d_name))
			continue;
		if (n == DROPINS_MAX)
			errno = E2BIG;
		else
			name[n] = strdup(e->d_name);
		if (n == DROPINS_MAX || !name[n])
			break;
		n++;
	}
	if (!errno)
		return n;
	n--;
	for (; n >= 0; n--)
		free(name[n]);
	return -errno;
}

static int each_dropin(const struct root *r, int (*found)(void *arg, const char *rel), void *arg)
{
	char *name[DROPINS_MAX];
	char rel[sizeof(POLICY_DIR) + NAME_MAX + 2];
	DIR *dir;
	int i, n, err = root_opendir(r, POLICY_DIR, &dir);

	if (err < 0)
		return err;
	n = list_dropins(dir, name);
	(void)closedir(dir);
	if (n < 0)
		return n;
	qsort(name, (size_t)n, sizeof(name[0]), by_name);
	for (i = 0; i < n; i++) {
		(void)snprintf(rel, sizeof(rel), POLICY_DIR "/%s", name[i]);
		if (err == 0)
			err = found(arg, rel);
		free(name[i]);
	}
	return err;
}

int sources_files(const struct root *r, int (*found)(void *arg, const char *rel), void *arg)
{
	auto_close int file = root_openat(r, POLICY_FILE, O_PATH | O_NOFOLLOW);
	int err = 0;

	/* A link that leads nowhere is there as well: whoever reads it says so. */
	if (file != -ENOENT)
		err = found(arg, POLICY_FILE);
	if (err == 0)
		err = each_dropin(r, found, arg);
	return err == -ENOENT ? 0 : err;
}

static int load_files(struct reader *rd)
{
	int r = sources_files(rd->root, read_file, rd);

	if (r == 0 || r == -ENOMEM)
		return r;
	problems_add(rd->problems, EXIT_POLICY, "/" POLICY_DIR, "%s%s",
		     r == -E2BIG ? "more than 256 files" : strerror(-r),
		     "; expected a readable directory, its files do not count");
	return 0;
}

/* -E2BIG where it does not fit. */
static int read_cmdline(const struct root *r, size_t size, char **text)
{
	auto_close int fd = root_openat(r, PROC_CMDLINE, O_RDONLY | O_NONBLOCK);
	auto_free char *buf = fd < 0 ? NULL : malloc(size);
	int n;

	if (!buf)
		return fd < 0 ? fd : -ENOMEM;
	n = attr_read_fd(fd, buf, size - 1);
	if (n < 0)
		return n;
	buf[n] = '\0';
	*text = buf;
	buf = NULL;
	return 0;
}

int sources_read_cmdline(const struct root *r, char **text)
{
	int err;

	*text = NULL;
	err = read_cmdline(r, CMDLINE_COMMON, text);
	return err == -E2BIG ? read_cmdline(r, CMDLINE_MAX, text) : err;
}

/* Without the command line nobody knows whether it says vfio_early=0. Only a recorded tree may
 * lack it. */
static int load_cmdline(struct reader *rd, const char *text)
{
	auto_free char *buf = NULL;
	int err;

	if (text) {
		buf = strdup(text);
		return buf ? sources_cmdline(rd->policy, buf, rd->problems) : -ENOMEM;
	}
	err = sources_read_cmdline(rd->root, &buf);
	if (err == -ENOENT && rd->root->foreign)
		return 0;
	if (err < 0) {
		problems_add(rd->problems, EXIT_ENVIRONMENT, "/" PROC_CMDLINE, "%s%s",
			     strerror(-err),
			     "; without it nobody knows whether vfio_early=0 is there");
		return err;
	}
	return sources_cmdline(rd->policy, buf, rd->problems);
}

int sources_load(struct policy *p, const struct root *r, const struct source_options *options,
		 struct problems *problems)
{
	struct root here = { .fd = AT_FDCWD };
	struct reader rd = { .policy = p, .problems = problems, .root = r };
	int err = load_cmdline(&rd, options->cmdline);

	if (p->disabled) {
		policy_drop_rules(p);
		memset(problems, 0, sizeof(*problems));
	}
	if (err < 0 || p->disabled || p->cmdline_only)
		return err;
	rd.root = options->files;
	if (!options->file)
		return load_files(&rd);
	rd.root = &here; /* what the user named is a file of where the user stands */
	return read_file(&rd, options->file);
}
