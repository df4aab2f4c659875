/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs calls side by side, where there are processors for them.
 *
 * Knows processes, and no limit of time: whoever asks for one runs all of it in bounded.h. Knows
 * nothing of what is done.
 */
#pragma once

#include "attrs.h"

/* function(arg, i) for every i below count, in no order: each in a process of its own, but for one
 * that runs here. What such a process writes to ordinary memory is lost, and it does not outlive
 * this one. On one processor one after another and here, up to the first error. 0 when all
 * have ended with 0; -ECHILD where one died; else the -errno of one of them. */
int beside_run(int (*function)(void *arg, unsigned int i), void *arg,
	       unsigned int count) must_check;
