/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Question: do the built images hold the hook, the program and this policy? vfio-early-setup knows
 * the generators and can open images: it is asked. Where it cannot be, the age of the images is
 * compared with that of the policy. This is the one file of the program that starts another one,
 * and no boot comes here.
 */
#include "operator/check.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "bounded.h"
#include "operator/files.h"
#include "sources.h"

#define SETUP "vfio-early-setup"
#define SETUP_SECONDS 120
#define SETUP_BYTES (256U << 10)
#define BOOT_DIR "boot"
#define NULL_DEVICE "dev/null"
#define REBUILD "vfio-early-setup install rebuilds the images"

/* Beside this program, or where it is installed. 0 or -ENOENT. */
static int find_setup(const struct root *r, char path[PATH_MAX])
{
	static const char *const dirs[] = { "usr/local/sbin", "usr/sbin" };
	ssize_t n = readlinkat(r->fd, SELF_EXE, path, PATH_MAX - sizeof(SETUP) - 1);
	char *slash;
	size_t i;

	path[n > 0 ? n : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash) {
		(void)snprintf(slash + 1, sizeof(SETUP), SETUP);
		if (access(path, X_OK) == 0)
			return 0;
	}
	for (i = 0; i < ARRAY_LEN(dirs); i++) {
		(void)snprintf(path, PATH_MAX, "%s/%s/" SETUP, r->prefix, dirs[i]);
		if (access(path, X_OK) == 0)
			return 0;
	}
	return -ENOENT;
}

static void run_child(char *path, int null, int out)
{
	static char search[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	static char locale[] = "LC_ALL=C", verify[] = "verify", plain[] = "--plain";
	char *const env[] = { search, locale, NULL };
	char *const argv[] = { path, verify, plain, NULL };

	(void)setpgid(0, 0);
	if (dup2(null, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
	    dup2(null, STDERR_FILENO) >= 0)
		(void)execve(path, argv, env);
	_exit(127);
}

/* Reads until the end, the deadline or the bound. 0, or why that is not all of it. */
static int read_until(int fd, char *buf, long deadline)
{
	size_t used = 0;
	int err = 0;

	while (err == 0) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		long left = deadline - clock_ms();
		int n = poll(&p, 1, left > 0 ? (int)left : 0);
		ssize_t got = n > 0 ? read(fd, buf + used, SETUP_BYTES - 1 - used) : 0;

		if ((n < 0 || got < 0) && errno == EINTR)
			continue;
		if (n < 0 || got < 0)
			err = -errno;
		else if (n == 0)
			err = -ETIMEDOUT;
		else if (got == 0)
			break;
		else
			used += (size_t)got;
		if (used == SETUP_BYTES - 1)
			err = -EFBIG;
	}
	buf[used] = '\0';
	return err;
}

/* Fills buf with what the program prints. 0 or -errno. */
static int run_setup(const struct root *r, char *path, char *buf)
{
	auto_close int null = root_openat(r, NULL_DEVICE, O_RDWR);
	int fds[2], err;
	pid_t pid;

	if (null < 0)
		return null;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		run_child(path, null, fds[1]);
	err = pid < 0 ? -errno : 0;
	(void)close(fds[1]);
	if (pid > 0) {
		err = read_until(fds[0], buf, clock_ms() + SETUP_SECONDS * 1000L);
		(void)setpgid(pid, pid);
		(void)kill(-pid, SIGKILL); /* all of it: at the end of its output it is done */
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	(void)close(fds[0]);
	return err;
}

/* "ok|problem|unknown<TAB>IMAGE<TAB>text". True for ok. */
static bool fact_line(struct check *c, char *line)
{
	char *image = strchr(line, '\t'), *text = image ? strchr(image + 1, '\t') : NULL;
	bool problem;

	if (!text)
		return false;
	*image++ = '\0';
	*text++ = '\0';
	if (strcmp(line, "ok") == 0)
		return true;
	problem = strcmp(line, "problem") == 0;
	answer(c, problem ? ANSWER_PROBLEM : ANSWER_UNKNOWN, problem ? REBUILD : NULL, "%s%s%s",
	       strcmp(image, "-") == 0 ? "" : image, strcmp(image, "-") == 0 ? "" : ": ", text);
	return false;
}

static void ask_setup(struct check *c, char *path)
{
	auto_free char *buf = malloc(SETUP_BYTES);
	int r = buf ? run_setup(&c->o->root, path, buf) : -ENOMEM;
	char *rest = buf, *line;
	size_t good = 0;

	while (r == 0 && (line = strtok_r(rest, "\n", &rest)))
		good += fact_line(c, line);
	if (r < 0)
		answer(c, ANSWER_UNKNOWN, NULL, SETUP " verify: %s", strerror(-r));
	else if (good && !c->shown)
		answer(c, ANSWER_OK, NULL, SETUP " verify proved %zu facts", good);
	else if (!c->shown)
		answer(c, ANSWER_UNKNOWN, NULL, SETUP " verify said nothing");
}

struct ages {
	struct check *check;
	const struct root *root;
	struct timespec newest; /* of the policy files */
	char newest_rel[FILES_PATH];
	unsigned int images;
};

static int modified(const struct root *r, const char *rel, struct timespec *when)
{
	auto_close int fd = root_openat(r, rel, O_PATH);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	*when = st.st_mtim;
	return S_ISREG(st.st_mode) ? 0 : -EINVAL;
}

static bool later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec > b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec > b->tv_nsec);
}

static int policy_age(void *arg, const char *rel)
{
	struct ages *a = arg;
	struct timespec when = { .tv_sec = 0 };

	if (modified(a->root, rel, &when) == 0 && (!a->newest_rel[0] || later(&when, &a->newest))) {
		a->newest = when;
		(void)snprintf(a->newest_rel, sizeof(a->newest_rel), "%s", rel);
	}
	return 0;
}

static int image_age(void *arg, const char *name)
{
	struct ages *a = arg;
	struct timespec when = { .tv_sec = 0 };
	char rel[FILES_PATH];

	if (strncmp(name, "initr", 5) != 0 && strncmp(name, "booster-", 8) != 0)
		return 0;
	(void)snprintf(rel, sizeof(rel), BOOT_DIR "/%s", name);
	if (modified(a->root, rel, &when) < 0)
		return 0;
	a->images++;
	if (a->newest_rel[0] && later(&a->newest, &when))
		answer(a->check, ANSWER_PROBLEM, "rebuild it", "/%s is older than /%s", rel,
		       a->newest_rel);
	return 0;
}

static void compare_ages(struct check *c)
{
	struct ages a = { .check = c, .root = &c->o->root };
	int r = sources_files(&c->o->root, policy_age, &a);

	if (r == 0)
		r = files_names(&c->o->root, BOOT_DIR, image_age, &a);
	if (r < 0 || !a.images)
		answer(c, ANSWER_UNKNOWN, NULL, "no image was found in /" BOOT_DIR);
	else if (!c->shown)
		answer(c, ANSWER_UNKNOWN,
		       c->o->root.foreign ? NULL : "install " SETUP ", it opens images",
		       "images: %u, none is older than the policy; what they hold was not looked "
		       "at",
		       a.images);
}

void check_image(struct check *c)
{
	char path[PATH_MAX];

	if (!c->o->root.foreign && find_setup(&c->o->root, path) == 0)
		ask_setup(c, path);
	else
		compare_ages(c);
}
