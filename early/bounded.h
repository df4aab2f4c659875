/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a function with a limit on how long we wait for it.
 *
 * A write to sysfs can block in the kernel for ever, and nothing can interrupt it; so the function
 * runs in a child process that we stop waiting for. What it writes to ordinary memory is lost, what
 * it writes to shared memory is not.
 */
#pragma once

#include "attrs.h"

/* The function's own value (0 or -errno), -ETIMEDOUT, -ECHILD if it died, or -errno. */
int bounded_run(int (*function)(void *arg), void *arg, unsigned int milliseconds) must_check;

/* The same in our own memory, which costs a third: nothing is copied, and all that the function
 * writes is there. While it runs we do nothing else. From then on we leave no core dump. After an
 * error what it was writing is as it was left, and must not be used. */
int bounded_run_here(int (*function)(void *arg), void *arg, unsigned int milliseconds) must_check;

/* The monotonic clock in milliseconds. */
long clock_ms(void);
