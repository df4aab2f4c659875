/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function with a limit: its value, its end before its time, and no wait for one that hangs. */
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bounded.h"
#include "unit.h"

static int give(void *arg)
{
	return *(int *)arg;
}

static int change(void *arg)
{
	*(int *)arg = 7;
	return 0;
}

static int hang(void *arg)
{
	(void)arg;
	return (int)sleep(600);
}

static int die(void *arg)
{
	(void)kill(getpid(), *(int *)arg); /* raise() would mean the thread that the parent has */
	return 0;
}

static int leave(void *arg)
{
	(void)arg;
	_exit(0);
}

/* Hangs in a child of its own, as a release within a claim may. */
static int hang_below(void *arg)
{
	return bounded_run(hang, arg, 100);
}

static int hang_here_below(void *arg)
{
	return bounded_run_here(hang, arg, 100);
}

/* Takes a good part of the stack that it has. */
static int use_stack(void *arg)
{
	volatile char deep[100000];
	size_t i;

	for (i = 0; i < sizeof(deep); i += 512)
		deep[i] = 1;
	return deep[*(int *)arg] == 1 ? 0 : -1;
}

static int deeper(const char *top, long bytes)
{
	const char *here = __builtin_frame_address(0);
	volatile char part[512];

	part[0] = 0;
	return top - here < bytes ? deeper(top, bytes) + part[0] : 0;
}

/* In small steps, as a real one would: a large one could step over the page below the stack. */
static int overrun_stack(void *arg)
{
	return deeper(__builtin_frame_address(0), *(const long *)arg);
}

static long now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void no_child_left(void)
{
	/* One that was killed may need a moment to be gone. */
	(void)usleep(100000);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void values(void **state)
{
	static const int wanted[] = { 0, -EBUSY, -1, 5, -ETIMEDOUT };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(wanted); i++) {
		int v = wanted[i];

		assert_int_equal(bounded_run(give, &v, 5000), v);
	}
	no_child_left();
}

static void shared_memory_only(void **state)
{
	int *shared =
		mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int own = 1;

	(void)state;
	assert_true(shared != MAP_FAILED);
	assert_int_equal(bounded_run(change, &own, 5000), 0);
	assert_int_equal(own, 1);
	assert_int_equal(bounded_run(change, shared, 5000), 0);
	assert_int_equal(*shared, 7);
	(void)munmap(shared, sizeof(int));
}

static void times_out(void **state)
{
	long start = now_ms(), spent;

	(void)state;
	assert_int_equal(bounded_run(hang, NULL, 300), -ETIMEDOUT);
	spent = now_ms() - start;
	assert_true(spent >= 290 && spent < 2000);
	no_child_left();
}

static void dies(void **state)
{
	int kill_me = SIGKILL;

	(void)state;
	assert_int_equal(bounded_run(die, &kill_me, 5000), -ECHILD);
	assert_int_equal(bounded_run(leave, NULL, 5000), -ECHILD);
	no_child_left();
}

static void one_in_another(void **state)
{
	long start = now_ms();

	(void)state;
	assert_int_equal(bounded_run(hang_below, NULL, 5000), -ETIMEDOUT);
	assert_true(now_ms() - start < 3000);
}

/* In our own memory: the same, and what it writes is there. */
static void here(void **state)
{
	int own = 1, kill_me = SIGKILL, none = 0;
	long start = now_ms(), spent;

	(void)state;
	assert_int_equal(bounded_run_here(give, &own, 5000), 1);
	assert_int_equal(bounded_run_here(change, &own, 5000), 0);
	assert_int_equal(own, 7);
	assert_int_equal(bounded_run_here(use_stack, &none, 5000), 0);
	assert_int_equal(bounded_run_here(die, &kill_me, 5000), -ECHILD);
	assert_int_equal(bounded_run_here(leave, NULL, 5000), -ECHILD);
	assert_true(now_ms() - start < 5000);
	start = now_ms();
	assert_int_equal(bounded_run_here(hang, NULL, 300), -ETIMEDOUT);
	spent = now_ms() - start;
	assert_true(spent >= 290 && spent < 2000);
	assert_int_equal(bounded_run_here(hang_below, NULL, 5000), -ETIMEDOUT);
	assert_int_equal(bounded_run_here(hang_here_below, NULL, 5000), -ETIMEDOUT);
	no_child_left();
}

static int dumpable(void *arg)
{
	(void)arg;
	return prctl(PR_GET_DUMPABLE);
}

/* What keeps a crash of the child from us, before Linux 5.16. */
static void here_no_core(void **state)
{
	(void)state;
	assert_int_equal(prctl(PR_SET_DUMPABLE, 1), 0);
	assert_int_equal(bounded_run_here(dumpable, NULL, 5000), 0);
}

/* A page below the stack ends it, and only it. */
static void here_overrun(void **state)
{
	long fits = 180 << 10, overruns = 220 << 10; /* it has 192 KiB, and the guard 64 */

	(void)state;
	assert_int_equal(bounded_run_here(overrun_stack, &fits, 5000), 0);
	assert_int_equal(bounded_run_here(overrun_stack, &overruns, 5000), -ECHILD);
	no_child_left();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(values),	  cmocka_unit_test(shared_memory_only),
	cmocka_unit_test(times_out),	  cmocka_unit_test(dies),
	cmocka_unit_test(one_in_another), cmocka_unit_test(here),
	cmocka_unit_test(here_overrun),	  cmocka_unit_test(here_no_core),
};

int main(void)
{
	return RUN_TESTS(tests);
}
