/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operator/report_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "attr.h"
#include "report.h"

#define REPORT_MAX (16 << 20)

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* In place. 0, or -EBADMSG for what out_escaped() does not write. */
static int unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		int value = (unsigned char)*s;

		if (value < 0x20 || value > 0x7e)
			return -EBADMSG;
		if (*s == '\\' && s[1] == '\\') {
			s++;
		} else if (*s == '\\') {
			if (s[1] != 'x' || hex_digit(s[2]) < 0 || hex_digit(s[3]) < 0)
				return -EBADMSG;
			value = hex_digit(s[2]) << 4 | hex_digit(s[3]);
			s += 3;
		}
		if (!value)
			return -EBADMSG;
		*to++ = (char)value;
	}
	*to = '\0';
	return 0;
}

/* "key=value": cuts it in two. */
static int parse_line(char *line)
{
	size_t key = strspn(line, "abcdefghijklmnopqrstuvwxyz-");

	if (!key || line[key] != '=')
		return -EBADMSG;
	line[key] = '\0';
	return unescape(line + key + 1);
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static int parse(struct report *r, char *text)
{
	bool inside = false;
	char *end;
	int err;

	for (; *text; text = end + 1) {
		end = strchr(text, '\n');
		if (!end)
			return -EBADMSG;
		*end = '\0';
		if (!*text) {
			if (!inside)
				return -EBADMSG;
			inside = false;
			continue;
		}
		if (!inside)
			r->block[r->blocks++].first = r->lines;
		inside = true;
		r->block[r->blocks - 1].lines++;
		r->line[r->lines++] = text;
		err = parse_line(text);
		if (err < 0)
			return err;
	}
	return r->blocks && report_is(r, 0, "version") && report_is(r, r->blocks - 1, "end")
		       ? 0
		       : -EBADMSG;
}

static bool is_whole(const char *text, size_t len)
{
	const size_t end = strlen(REPORT_END);

	return len >= end && strcmp(text + len - end, REPORT_END) == 0;
}

int report_parse(struct report *r, char *text, size_t len)
{
	size_t most = count_lines(text) + 1;
	int err = -ENOMEM;

	memset(r, 0, sizeof(*r));
	r->text = text;
	r->line = calloc(most, sizeof(*r->line));
	r->block = calloc(most, sizeof(*r->block));
	if (r->line && r->block)
		err = strlen(text) != len    ? -EBADMSG
		      : !is_whole(text, len) ? -ENODATA
					     : parse(r, text);
	if (err < 0)
		report_free(r);
	return err;
}

static int open_report(const struct root *root, const char *where)
{
	auto_close int dir = root_openat(root, where, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	int fd;

	if (dir < 0)
		return dir;
	fd = openat(dir, REPORT_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int report_read(struct report *r, const struct root *root, const char *where)
{
	auto_close int fd = open_report(root, where);
	struct stat st;
	char *text;
	int len;

	memset(r, 0, sizeof(*r));
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size > REPORT_MAX)
		return -EBADMSG;
	if (!root->foreign && st.st_uid != 0)
		return -EPERM;
	text = malloc((size_t)st.st_size + 2);
	if (!text)
		return -ENOMEM;
	len = attr_read_fd(fd, text, (size_t)st.st_size + 1);
	if (len < 0) {
		free(text);
		return len == -E2BIG ? -EBADMSG : len;
	}
	text[len] = '\0';
	return report_parse(r, text, (size_t)len);
}

void report_free(struct report *r)
{
	free(r->text);
	free(r->line);
	free(r->block);
	memset(r, 0, sizeof(*r));
}

const char *report_kind(const struct report *r, size_t block)
{
	return r->line[r->block[block].first];
}

bool report_is(const struct report *r, size_t block, const char *kind)
{
	return strcmp(report_kind(r, block), kind) == 0;
}

const char *report_value(const struct report *r, size_t block, const char *key)
{
	const struct report_block *b = &r->block[block];
	size_t i;

	for (i = b->first; i < b->first + b->lines; i++)
		if (strcmp(r->line[i], key) == 0)
			return r->line[i] + strlen(r->line[i]) + 1;
	return "";
}
