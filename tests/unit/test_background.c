/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A claim that goes on beside the boot: when the boot may go on, and that its end is waited for. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "background.h"
#include "unit.h"

static char dir[40];
static struct options o;
static int pass[2]; /* the claim of a test waits until there is something in it */
static bool late; /* the clock jumps past every limit */

long __wrap_clock_ms(void)
{
	static long jumped;
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	jumped += late ? 100000 : 0;
	return (long)t.tv_sec * 1000 + t.tv_nsec / 1000000 + jumped;
}

static int setup(void **state)
{
	(void)state;
	(void)strcpy(dir, "/tmp/vfio-early-test-XXXXXX");
	assert_non_null(mkdtemp(dir));
	assert_int_equal(root_open(&o.root, dir), 0);
	assert_int_equal(mkdirat(o.root.fd, "dev", 0755), 0);
	assert_int_equal(pipe2(pass, O_CLOEXEC), 0);
	o.report_dir = "place";
	late = false;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	(void)close(pass[0]);
	(void)close(pass[1]);
	while (waitpid(-1, NULL, 0) > 0)
		;
	(void)unlinkat(o.root.fd, "place/" BACKGROUND_FILE, 0);
	(void)unlinkat(o.root.fd, "place", 0);
	(void)unlinkat(o.root.fd, "place", AT_REMOVEDIR);
	(void)unlinkat(o.root.fd, "dev", AT_REMOVEDIR);
	root_close(&o.root);
	assert_int_equal(rmdir(dir), 0);
	return 0;
}

static void until_let(void)
{
	char c;

	(void)!read(pass[0], &c, 1);
}

static void let(void)
{
	assert_int_equal(write(pass[1], "", 1), 1);
}

static bool file_is_there(void)
{
	return root_exists(&o.root, "place/" BACKGROUND_FILE);
}

/* What stands for a claim. */
static enum exit_status holds_then_fails(void)
{
	background_held();
	until_let();
	return EXIT_ENVIRONMENT;
}

static enum exit_status holds_nothing(void)
{
	return EXIT_UNCLAIMED;
}

/* But it wakes the one that waits. */
static enum exit_status says_nothing(void)
{
	(void)kill(getppid(), SIGCHLD);
	until_let();
	return EXIT_ENVIRONMENT;
}

static enum exit_status crashes(void)
{
	(void)kill(getpid(), SIGKILL);
	return EXIT_DONE;
}

static enum exit_status holds_then_crashes(void)
{
	background_held();
	until_let();
	return crashes();
}

/* A child that the kernel never lets go of has all that the claim had. */
static enum exit_status leaves_a_child(void)
{
	if (fork() == 0) {
		until_let();
		_exit(0);
	}
	return holds_nothing();
}

static enum exit_status crashes_and_leaves_a_child(void)
{
	(void)leaves_a_child();
	return crashes();
}

static enum exit_status holds_and_leaves_a_child(void)
{
	background_held();
	until_let();
	return leaves_a_child();
}

/* As the command does it. */
static enum exit_status run(enum exit_status (*claim)(void))
{
	enum exit_status status;

	if (background_leave(&o, &status))
		return status;
	if (!background_here())
		return claim();
	status = claim();
	background_end(status);
	_exit(status);
}

static void goes_on_and_waits(void **state)
{
	(void)state;
	assert_int_equal(run(holds_then_fails), EXIT_DONE);
	assert_true(file_is_there());
	late = true;
	assert_int_equal(background_wait(&o), EXIT_UNCLAIMED); /* it runs, so this was the limit */
	late = false;
	let();
	assert_int_equal(background_wait(&o), EXIT_ENVIRONMENT);
	assert_false(file_is_there());
	assert_int_equal(background_wait(&o), EXIT_DONE);
}

static void nothing_held(void **state)
{
	(void)state;
	assert_int_equal(run(holds_nothing), EXIT_UNCLAIMED);
	assert_false(file_is_there());
	assert_int_equal(background_wait(&o), EXIT_DONE);
}

static void nothing_begun(void **state)
{
	(void)state;
	assert_int_equal(background_wait(&o), EXIT_DONE);
}

static void crash(void **state)
{
	(void)state;
	assert_int_equal(run(crashes), EXIT_INTERNAL);
	assert_false(file_is_there());
	assert_int_equal(run(holds_then_crashes), EXIT_DONE);
	let();
	assert_int_equal(background_wait(&o), EXIT_INTERNAL);
	assert_false(file_is_there());
}

/* Seen at once, though a child of it goes on. */
static void crash_beside_a_child(void **state)
{
	(void)state;
	assert_int_equal(run(crashes_and_leaves_a_child), EXIT_INTERNAL);
	assert_false(file_is_there());
	let();
}

/* A claim that neither holds anything nor ends. */
static void never_held(void **state)
{
	(void)state;
	late = true;
	assert_int_equal(run(says_nothing), EXIT_UNCLAIMED);
	assert_int_equal(background_wait(&o), EXIT_UNCLAIMED);
	let();
	late = false;
	assert_int_equal(background_wait(&o), EXIT_ENVIRONMENT);
}

/* A signal alone says nothing. */
static void other_signal(void **state)
{
	(void)state;
	let();
	assert_int_equal(run(says_nothing), EXIT_ENVIRONMENT);
	assert_false(file_is_there());
}

static void child_of_it(void **state)
{
	(void)state;
	assert_int_equal(run(leaves_a_child), EXIT_UNCLAIMED);
	let();
	assert_int_equal(run(holds_and_leaves_a_child), EXIT_DONE);
	let();
	assert_int_equal(background_wait(&o), EXIT_UNCLAIMED);
	let();
}

/* Where nobody could wait for it later, the boot does not go on. */
static void no_place(void **state)
{
	int fd;

	(void)state;
	fd = openat(o.root.fd, "place", O_WRONLY | O_CREAT, 0644);
	assert_true(fd >= 0);
	(void)close(fd);
	let();
	assert_int_equal(run(holds_then_fails), EXIT_ENVIRONMENT);
}

/* A name that somebody else put there. */
static void links(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(mkdirat(o.root.fd, "place", 0755), 0);
	assert_int_equal(symlinkat("../victim", o.root.fd, "place/" BACKGROUND_FILE), 0);
	assert_int_equal(background_wait(&o), EXIT_DONE);
	assert_int_equal(run(holds_then_fails), EXIT_DONE);
	assert_int_equal(fstatat(o.root.fd, "victim", &st, AT_SYMLINK_NOFOLLOW), -1);
	let();
	assert_int_equal(background_wait(&o), EXIT_ENVIRONMENT);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(goes_on_and_waits, setup, teardown),
	cmocka_unit_test_setup_teardown(nothing_held, setup, teardown),
	cmocka_unit_test_setup_teardown(nothing_begun, setup, teardown),
	cmocka_unit_test_setup_teardown(crash, setup, teardown),
	cmocka_unit_test_setup_teardown(crash_beside_a_child, setup, teardown),
	cmocka_unit_test_setup_teardown(never_held, setup, teardown),
	cmocka_unit_test_setup_teardown(other_signal, setup, teardown),
	cmocka_unit_test_setup_teardown(child_of_it, setup, teardown),
	cmocka_unit_test_setup_teardown(no_place, setup, teardown),
	cmocka_unit_test_setup_teardown(links, setup, teardown),
};

int main(void)
{
	return RUN_TESTS(tests);
}
