/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls side by side where there are two processors, and one after another where not. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "beside.h"
#include "unit.h"

#define MOST 12 /* more than there are processes for */

static unsigned int processors;
static bool forks;

int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
	unsigned int i;

	assert_int_equal(pid, 0);
	if (!processors) {
		errno = EINVAL;
		return -1;
	}
	memset(set, 0, size);
	for (i = 0; i < processors; i++)
		CPU_SET(3 + i, set);
	return 0;
}

pid_t __real_fork(void);
pid_t __wrap_fork(void);
pid_t __wrap_fork(void)
{
	errno = EAGAIN;
	return forks ? __real_fork() : -1;
}

/* What all processes see. */
struct board {
	volatile pid_t who[MOST];
	volatile int answer[MOST];
	unsigned int count;
	int out; /* held by a process that hangs */
};

static struct board *board;

static int setup(void **state)
{
	(void)state;
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	assert_ptr_not_equal(board, MAP_FAILED);
	processors = 2;
	forks = true;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return munmap(board, sizeof(*board));
}

static int note(void *arg, unsigned int i)
{
	struct board *b = arg;

	b->who[i] = getpid();
	return b->answer[i];
}

/* Ends only when all others have begun: one after another, the first waits in vain. */
static int meet(void *arg, unsigned int i)
{
	struct board *b = arg;
	unsigned int k, tries;

	b->who[i] = getpid();
	for (k = 0; k < b->count; k++)
		for (tries = 0; !b->who[k]; tries++)
			if (tries == 5000 || usleep(1000) < 0)
				return -ETIMEDOUT;
	return 0;
}

static int die(void *arg, unsigned int i)
{
	(void)note(arg, i);
	return i == 0 ? kill(getpid(), SIGKILL) : 0;
}

static unsigned int others(unsigned int count)
{
	unsigned int i, n = 0;

	for (i = 0; i < count; i++) {
		assert_true(board->who[i]);
		n += board->who[i] != getpid();
	}
	return n;
}

static void at_the_same_time(void **state)
{
	(void)state;
	board->count = 3;
	assert_int_equal(beside_run(meet, board, 3), 0);
	assert_int_equal(others(3), 2);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* none is left */
}

static void one_processor(void **state)
{
	(void)state;
	for (processors = 0; processors < 2; processors++) {
		assert_int_equal(beside_run(note, board, 3), 0);
		assert_int_equal(others(3), 0);
	}
	board->who[2] = 0;
	board->answer[1] = -ENOKEY;
	processors = 1;
	assert_int_equal(beside_run(note, board, 3), -ENOKEY);
	assert_int_equal(board->who[2], 0);
}

/* A single call needs no process, and is asked for nothing. */
static void alone(void **state)
{
	(void)state;
	assert_int_equal(beside_run(note, board, 1), 0);
	assert_int_equal(others(1), 0);
	assert_int_equal(beside_run(note, board, 0), 0);
}

static void many(void **state)
{
	(void)state;
	assert_int_equal(beside_run(note, board, MOST), 0);
	assert_int_equal(others(MOST), 8);
}

static void without_processes(void **state)
{
	(void)state;
	forks = false;
	assert_int_equal(beside_run(note, board, 3), 0);
	assert_int_equal(others(3), 0);
}

static void errors(void **state)
{
	(void)state;
	board->answer[0] = -EKEYREJECTED;
	assert_int_equal(beside_run(note, board, 2), -EKEYREJECTED);
	board->answer[0] = 0;
	board->answer[1] = -ENOENT;
	assert_int_equal(beside_run(note, board, 2), -ENOENT);
	assert_int_equal(beside_run(die, board, 2), -ECHILD);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* The first hangs; the one that all of them are for is killed. */
static int killed(void *arg, unsigned int i)
{
	struct board *b = arg;
	char c = 'x';

	if (i == 0) {
		(void)!write(b->out, &c, 1);
		return (int)sleep(600);
	}
	while (!b->who[0])
		(void)usleep(1000);
	return kill(getpid(), SIGKILL);
}

static void none_is_left_behind(void **state)
{
	int fds[2];
	pid_t pid;
	char c;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	board->out = fds[1];
	pid = __real_fork();
	if (pid == 0)
		_exit(beside_run(killed, board, 2) != 0);
	(void)close(fds[1]);
	assert_int_equal(read(fds[0], &c, 1), 1); /* it runs */
	board->who[0] = pid;
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	(void)alarm(60); /* where it is left behind, nobody else ends this */
	assert_int_equal(read(fds[0], &c, 1), 0);
	(void)alarm(0);
	(void)close(fds[0]);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(at_the_same_time, setup, teardown),
	cmocka_unit_test_setup_teardown(one_processor, setup, teardown),
	cmocka_unit_test_setup_teardown(alone, setup, teardown),
	cmocka_unit_test_setup_teardown(many, setup, teardown),
	cmocka_unit_test_setup_teardown(without_processes, setup, teardown),
	cmocka_unit_test_setup_teardown(errors, setup, teardown),
	cmocka_unit_test_setup_teardown(none_is_left_behind, setup, teardown),
};

int main(void)
{
	return RUN_TESTS(tests);
}
