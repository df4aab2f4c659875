/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "attr.h"
#include "text.h"

#define FILE_MAX (1 << 20)
#define ID_MAX (UINT32_MAX - 1) /* (uid_t)-1 is nobody */
#define PREFIX_TEXT 80

const char *names_kind(enum name_kind kind)
{
	return kind == NAME_USER ? "user" : "group";
}

bool names_is_number(const char *name)
{
	uint32_t id;

	return text_u32(name, ID_MAX, &id) == 0;
}

/* The whole file, which the caller frees. */
static int read_file(const struct root *r, const char *rel, char **text)
{
	auto_close int fd = root_openat(r, rel, O_RDONLY | O_NONBLOCK);
	struct stat st;
	int len;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
		return -EFBIG;
	*text = malloc((size_t)st.st_size + 1);
	if (!*text)
		return -ENOMEM;
	len = attr_read_fd(fd, *text, (size_t)st.st_size + 1);
	if (len < 0)
		return len;
	(*text)[len] = '\0';
	return 0;
}

/* Behind the prefix of the first line that begins with it, or NULL. */
static char *behind(char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	while (text && strncmp(text, prefix, len) != 0) {
		text = strchr(text, '\n');
		if (text)
			text++;
	}
	return text ? text + len : NULL;
}

static int read_id(char *text, uint32_t *id)
{
	if (!text)
		return -ESRCH;
	text[strcspn(text, ":\n")] = '\0';
	return text_u32(text, ID_MAX, id);
}

/* "user kvm 78" */
static int find_in_manifest(char *text, enum name_kind kind, const char *name, uint32_t *id)
{
	char prefix[PREFIX_TEXT];

	(void)snprintf(prefix, sizeof(prefix), "%s %s ", names_kind(kind), name);
	return read_id(behind(text, prefix), id);
}

/* "kvm:x:78:" */
static int find_in_etc(char *text, const char *name, uint32_t *id)
{
	char prefix[PREFIX_TEXT], *at;

	(void)snprintf(prefix, sizeof(prefix), "%s:", name);
	at = behind(text, prefix);
	if (at)
		at += strcspn(at, ":\n");
	return read_id(at && *at == ':' ? at + 1 : NULL, id);
}

int names_find(const struct root *files, enum name_kind kind, const char *name, uint32_t *id)
{
	auto_free char *text = NULL;
	int err;

	if (text_u32(name, ID_MAX, id) == 0)
		return 0;
	err = read_file(files, MANIFEST_FILE, &text);
	if (err == 0)
		return find_in_manifest(text, kind, name, id);
	if (err != -ENOENT)
		return err;
	err = read_file(files, kind == NAME_USER ? PASSWD_FILE : GROUP_FILE, &text);
	if (err == 0)
		return find_in_etc(text, name, id);
	return err == -ENOENT ? -ESRCH : err;
}
