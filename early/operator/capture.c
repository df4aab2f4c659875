/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early capture: records this machine into a file that the tests can make a tree of. */
#include "operator/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "commands.h"

/* The file is new and the user's own choice: of where the user stands, not below --root. */
static int open_file(const char *name)
{
	int fd;

	if (strcmp(name, "-") == 0)
		fd = dup(STDOUT_FILENO);
	else
		fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	return fd < 0 ? -errno : fd;
}

static enum exit_status complain(enum exit_status status, const char *what, int error)
{
	struct out err;

	out_start(&err, STDERR_FILENO);
	out_text(&err, "vfio-early: ");
	out_escaped(&err, what);
	out_printf(&err, ": %s\n", strerror(-error));
	(void)!out_flush(&err);
	return status;
}

/* What was left out of the record. */
static enum exit_status say_missing(const struct inventory *inv)
{
	struct out err;

	if (!inv->unreadable)
		return EXIT_DONE;
	out_start(&err, STDERR_FILENO);
	out_printf(&err, "vfio-early: %zu devices could not be read and are not in the record\n",
		   inv->unreadable);
	(void)!out_flush(&err);
	return EXIT_ENVIRONMENT;
}

static int write_record(const struct inventory *inv, const struct root *r, int fd)
{
	struct out out;
	int err;

	out_start(&out, fd);
	err = capture_machine(&out, inv, r);
	return err < 0 ? err : out_flush(&out);
}

enum exit_status cmd_capture(const struct options *o)
{
	struct inventory inv = { .devs = 0 };
	const char *name = o->operand[0];
	int fd, r = inventory_read(&inv, &o->root);
	enum exit_status status = EXIT_DONE;

	/* A machine without PCI is a record too. */
	if (r < 0 && r != -ENOENT)
		status = complain(EXIT_ENVIRONMENT, "/" PCI_DEVICES, r);
	fd = status == EXIT_DONE ? open_file(name) : -1;
	if (status == EXIT_DONE && fd < 0)
		status = complain(EXIT_INTERNAL, name, fd);
	if (fd >= 0) {
		r = write_record(&inv, &o->root, fd);
		if (close(fd) < 0 && r == 0)
			r = -errno;
		if (r < 0)
			status = complain(EXIT_INTERNAL, name, r);
		if (r < 0 && strcmp(name, "-") != 0)
			(void)unlink(name); /* half a record is worse than none */
	}
	if (status == EXIT_DONE)
		status = say_missing(&inv);
	inventory_free(&inv);
	return status;
}
