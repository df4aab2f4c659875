/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "background.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "bounded.h"
#include "log.h"

static int file = -1; /* in the process of the claim, and locked as long as that lives */
static volatile bool *held; /* is ours and the caller's */
static pid_t caller; /* which waits for the first word of the claim */

bool background_here(void)
{
	return file >= 0;
}

void background_held(void)
{
	const struct timespec aside = { .tv_nsec = 1000000 };

	*held = true;
	/* Where it comes too late, it does nothing to whoever has the number now. */
	(void)kill(caller, SIGCHLD);
	/* On one processor it would wait until our time is up, and so would the boot behind it. */
	(void)nanosleep(&aside, NULL);
}

void background_end(enum exit_status status)
{
	char digit = (char)('0' + status);

	if (background_here())
		(void)!write(file, &digit, 1);
}

static int open_place(const struct options *o)
{
	return root_openat(&o->root, o->report_dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

static void forget(const struct options *o)
{
	auto_close int place = open_place(o);

	if (place >= 0)
		(void)unlinkat(place, BACKGROUND_FILE, 0);
}

/* A new file: one that somebody has open is another one from now on. */
static int new_file(const struct options *o)
{
	bool made = mkdirat(o->root.fd, o->report_dir, 0755) == 0;
	auto_close int place = open_place(o);

	if (place < 0 || (made && fchmod(place, 0755) < 0))
		return -1;
	(void)unlinkat(place, BACKGROUND_FILE, 0);
	return openat(place, BACKGROUND_FILE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
}

static enum exit_status too_long(const struct options *o)
{
	struct log log;

	log_open(&log, &o->root);
	log_line(&log, LOG_ERR, "the claim in the background has not ended in %d s",
		 BACKGROUND_MS / 1000);
	log_close(&log);
	return EXIT_UNCLAIMED;
}

/* Until all is held, or the claim has ended. Both come with a signal that waits to be asked for. */
static enum exit_status follow(const struct options *o, pid_t pid, const sigset_t *ends)
{
	long left = BACKGROUND_MS, end = clock_ms() + left;
	int status = 0;
	pid_t ended;

	do {
		const struct timespec t = { .tv_sec = left / 1000,
					    .tv_nsec = left % 1000 * 1000000 };

		(void)sigtimedwait(ends, NULL, &t);
		ended = waitpid(pid, &status, WNOHANG);
		if (ended == 0 && *held)
			return EXIT_DONE;
		left = end - clock_ms();
	} while (ended == 0 && left >= 0);
	if (ended == 0)
		return too_long(o);
	forget(o); /* nobody has to wait for it */
	return ended == pid && WIFEXITED(status) ? (enum exit_status)WEXITSTATUS(status)
						 : EXIT_INTERNAL;
}

/* The lock is of that process alone: one that it starts, and that may never end, does not keep it.
 * Without it nobody could wait for the end later, so then nothing is said to be held. */
bool background_leave(const struct options *o, enum exit_status *status)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int made = new_file(o);
	sigset_t ends;
	pid_t pid;

	held = mmap(NULL, sizeof(*held), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (made < 0)
		return false;
	caller = getpid();
	(void)signal(SIGCHLD, SIG_DFL); /* where it is ignored, nobody hears of it */
	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &ends, NULL);
	pid = held == MAP_FAILED ? -1 : fork();
	if (pid == 0 && fcntl(made, F_SETLK, &all) == 0) {
		(void)setsid(); /* no terminal ends it */
		file = made;
		return false;
	}
	if (pid > 0)
		*status = follow(o, pid, &ends);
	if (pid < 0)
		forget(o);
	(void)close(made);
	return pid > 0;
}

/* True while another process has the lock. */
static bool is_locked(int there)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(there, F_GETLK, &all) == 0 && all.l_type != F_UNLCK;
}

enum exit_status background_wait(const struct options *o)
{
	const struct timespec moment = { .tv_nsec = 5000000 };
	long end = clock_ms() + BACKGROUND_MS;
	auto_close int place = open_place(o), there = -1;
	struct log log;
	char digit;

	if (place >= 0)
		there = openat(place, BACKGROUND_FILE,
			       O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (there < 0)
		return EXIT_DONE;
	while (is_locked(there)) {
		if (clock_ms() >= end)
			return too_long(o);
		(void)nanosleep(&moment, NULL);
	}
	(void)unlinkat(place, BACKGROUND_FILE, 0);
	if (read(there, &digit, 1) == 1 && digit >= '0' && digit <= '9')
		return (enum exit_status)(digit - '0');
	log_open(&log, &o->root);
	log_line(&log, LOG_ERR, "the claim in the background did not say how it ended");
	log_close(&log);
	return EXIT_INTERNAL;
}
