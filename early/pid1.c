/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pid1.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "bounded.h"
#include "claim.h"
#include "commands.h"
#include "log.h"
#include "stop_mark.h"

#define PID1_MS (CLAIM_MS + 30000) /* the claim and huge pages */

/* Relative paths: the kernel starts the first process in the root directory. */
struct mount_point {
	const char *type, *dir;
	unsigned long flags;
	bool made, mounted; /* by us */
};

/* The kernel itself says what is missing: where the same file system is mounted already, it refuses
 * (EBUSY). A file in it proves nothing: images carry device nodes below dev/. */
static void mount_missing(const struct root *r, struct mount_point *m, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		m[i].made = mkdirat(r->fd, m[i].dir, 0755) == 0;
		m[i].mounted = mount(m[i].type, m[i].dir, m[i].type, m[i].flags, NULL) == 0;
	}
}

/* The real init mounts them itself, and some of them take that refusal for fatal. */
static void unmount_ours(const struct root *r, const struct mount_point *m, size_t n)
{
	while (n--) {
		if (m[n].mounted)
			(void)umount2(m[n].dir, MNT_DETACH);
		if (m[n].made)
			(void)unlinkat(r->fd, m[n].dir, AT_REMOVEDIR);
	}
}

static int claim_child(void *arg)
{
	(void)signal(SIGPIPE, SIG_IGN);
	return (int)cmd_claim(arg);
}

static void say(const struct root *r, const char *what, const char *why)
{
	struct log log;

	log_open(&log, r);
	log_line(&log, LOG_ERR, "%s%s", what, why);
	log_close(&log);
}

/* The claim's exit status, or -errno. It runs in a child: nothing that happens in it ends the first
 * process. */
static int claim(const struct root *root)
{
	struct options o = { .root = *root, .report_dir = OVERLAY_REPORT_DIR };
	struct root files;
	int r = root_open_part(&files, OVERLAY_DIR);

	if (r < 0) {
		say(root, OVERLAY_DIR ": ", strerror(-r));
		return EXIT_ENVIRONMENT;
	}
	o.files = &files;
	r = bounded_run(claim_child, &o, PID1_MS);
	if (r < 0)
		say(root, "the claim did not end: ", strerror(-r));
	if (stop_mark_stands(root, OVERLAY_REPORT_DIR))
		r = EXIT_STOP;
	root_close(&files);
	return r;
}

bool pid1_wanted(const char *argv0)
{
	return getpid() == 1 && argv0 && strcmp(argv0, OVERLAY_DIR REAL_INIT) == 0;
}

int pid1_main(char **argv)
{
	struct mount_point mounts[] = {
		{ "devtmpfs", "dev", MS_NOSUID, false, false },
		{ "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, false, false },
		{ "sysfs", "sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, false, false },
	};
	static char real_init[] = REAL_INIT;
	struct root root;
	int status = EXIT_ENVIRONMENT;

	if (root_open(&root, NULL) == 0) {
		mount_missing(&root, mounts, ARRAY_LEN(mounts));
		status = claim(&root);
		if (status == EXIT_STOP)
			say(&root, "a rule with on-failure=stop was not carried out: ",
			    "the boot stops here");
		unmount_ours(&root, mounts, ARRAY_LEN(mounts));
		root_close(&root);
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	if (status == EXIT_STOP)
		return EXIT_STOP;
	argv[0] = real_init;
	(void)execv(real_init, argv);
	status = errno;
	(void)mkdir(mounts[0].dir, 0755);
	(void)mount(mounts[0].type, mounts[0].dir, mounts[0].type, mounts[0].flags, NULL);
	if (root_open(&root, NULL) == 0)
		say(&root, "cannot start " REAL_INIT ": ", strerror(status));
	return EXIT_ENVIRONMENT;
}
