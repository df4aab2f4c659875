/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every unit test needs from cmocka. Knows nothing of our code. */
#pragma once

/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define RUN_TESTS(tests) cmocka_run_group_tests(tests, NULL, NULL)
