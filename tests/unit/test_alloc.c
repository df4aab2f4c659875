/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The static programs' own memory, under other names: this program's is the sanitizers'. */
#include <stdlib.h> /* before the names change: what it promises the compiler is said of the C library's */

#define malloc arena_malloc
#define calloc arena_calloc
#define realloc arena_realloc
#define free arena_free
/* NOLINTNEXTLINE(bugprone-suspicious-include) */
#include "../../early/alloc.c"
#undef malloc
#undef calloc
#undef realloc
#undef free

#include "unit.h"

#define BLOCKS 2000

static bool all_are(const char *block, int value, size_t size)
{
	while (size && block[size - 1] == (char)value)
		size--;
	return size == 0;
}

/* Sizes on both sides of each border, one after another, each filled: nothing overlaps. */
static void apart(void **state)
{
	static char *block[BLOCKS];
	static size_t size[BLOCKS];
	size_t i;

	(void)state;
	for (i = 0; i < BLOCKS; i++) {
		size[i] = i % 50 == 49 ? LARGE - 2 + i % 4 : i * 7 % 500;
		block[i] = arena_malloc(size[i]);
		assert_non_null(block[i]);
		assert_int_equal((uintptr_t)block[i] % _Alignof(max_align_t), 0);
		memset(block[i], (int)i % 100, size[i]);
	}
	for (i = 0; i < BLOCKS; i++)
		assert_true(all_are(block[i], (int)i % 100, size[i]));
	for (i = 0; i < BLOCKS; i++)
		arena_free(block[i]);
	arena_free(NULL);
}

static void last_is_used_again(void **state)
{
	char *a = arena_malloc(100), *b;

	(void)state;
	memset(a, 7, 100);
	arena_free(a);
	b = arena_calloc(10, 10);
	assert_ptr_equal(a, b);
	assert_true(all_are(b, 0, 100));
	arena_free(b);
}

/* The last one grows where it is, another one moves, and what was in it goes along. */
static void grows(void **state)
{
	char *a = arena_realloc(NULL, 40), *b, *c;

	(void)state;
	memset(a, 1, 40);
	assert_ptr_equal(arena_realloc(a, 10), a);
	assert_ptr_equal(arena_realloc(a, 400), a);
	b = arena_malloc(16);
	memset(b, 2, 16);
	assert_true(all_are(a, 1, 40));
	c = arena_realloc(a, 4000);
	assert_ptr_not_equal(c, a);
	assert_true(all_are(c, 1, 40));
	assert_true(all_are(b, 2, 16));
	c = arena_realloc(c, 3 * LARGE);
	memset(c + 40, 1, 3 * LARGE - 40);
	c = arena_realloc(c, 30 * LARGE);
	assert_true(all_are(c, 1, 3 * LARGE));
	arena_free(c);
	arena_free(b);
}

static void too_much(void **state)
{
	volatile size_t most = SIZE_MAX, half = PTRDIFF_MAX; /* unknown to the compiler */
	char *a = arena_malloc(2 * LARGE);

	(void)state;
	errno = 0;
	assert_null(arena_malloc(most));
	assert_int_equal(errno, ENOMEM);
	assert_null(arena_malloc(half));
	errno = 0;
	assert_null(arena_calloc(half, 3));
	assert_int_equal(errno, ENOMEM);
	assert_null(arena_realloc(a, most));
	assert_null(arena_realloc(a, half));
	a[0] = 1; /* a block that could not grow is still there */
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(apart),
		cmocka_unit_test(last_is_used_again),
		cmocka_unit_test(grows),
		cmocka_unit_test(too_much),
	};

	return RUN_TESTS(tests);
}
