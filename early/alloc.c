/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory for a program that lives for some milliseconds: taken from the front of a chunk, and given
 * back only when it was the last that was taken, or large. The C library's own allocator costs
 * more here than all that is done with the memory, in instructions and in bytes of the image.
 *
 * Stands in for malloc() and its family in the static programs. It knows of no thread: there is
 * none. The tests' build keeps the system's allocator, which sees each error in its use.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ALIGN _Alignof(max_align_t)
#define CHUNK (64UL << 10)
#define LARGE (16UL << 10) /* gets pages of its own, which free() gives back */
#define PAGE 4096UL /* mmap() rounds up to larger pages by itself */

/* In front of each block. room: what the caller has, or with what it was mapped when large. */
struct head {
	_Alignas(max_align_t) size_t room;
	bool large;
};

static _Alignas(max_align_t) char first[CHUNK]; /* not a byte of it is in the file */
static char *front = first, *end = first + sizeof(first);

static void *map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static struct head *head_of(void *block)
{
	return (struct head *)block - 1;
}

static void *take_large(size_t room)
{
	struct head *h = map(sizeof(*h) + room);

	if (!h)
		return NULL;
	*h = (struct head){ .room = room, .large = true };
	return h + 1;
}

static void *take(size_t size)
{
	size_t room = (size + ALIGN - 1) & ~(ALIGN - 1);
	struct head *h;

	if (size > PTRDIFF_MAX - PAGE) {
		errno = ENOMEM;
		return NULL;
	}
	if (room >= LARGE)
		return take_large(room);
	if ((size_t)(end - front) < sizeof(*h) + room) {
		char *chunk = map(CHUNK);

		if (!chunk)
			return NULL;
		front = chunk;
		end = chunk + CHUNK;
	}
	h = (void *)front;
	front += sizeof(*h) + room;
	*h = (struct head){ .room = room, .large = false };
	return h + 1;
}

void *malloc(size_t size)
{
	return take(size);
}

void free(void *ptr)
{
	struct head *h;

	if (!ptr)
		return;
	h = head_of(ptr);
	if (h->large)
		(void)munmap(h, sizeof(*h) + h->room); /* leaves errno alone when it succeeds */
	else if ((char *)ptr + h->room == front)
		front = (char *)h;
}

void *calloc(size_t nmemb, size_t size)
{
	size_t bytes;
	void *block;

	if (__builtin_mul_overflow(nmemb, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	block = take(bytes);
	/* The kernel's pages are zero; what was given back may not be. */
	if (block && !head_of(block)->large)
		memset(block, 0, bytes);
	return block;
}

void *realloc(void *ptr, size_t size)
{
	struct head *h;
	void *moved;

	if (!ptr)
		return take(size);
	h = head_of(ptr);
	if (size <= h->room)
		return ptr;
	if (h->large && size < PTRDIFF_MAX - PAGE) {
		h = mremap(h, sizeof(*h) + h->room, sizeof(*h) + size, MREMAP_MAYMOVE);
		if (h == MAP_FAILED)
			return NULL;
		h->room = size;
		return h + 1;
	}
	if (!h->large && (char *)ptr + h->room == front && size < LARGE &&
	    size + ALIGN <= (size_t)(end - (char *)ptr)) {
		h->room = (size + ALIGN - 1) & ~(ALIGN - 1);
		front = (char *)ptr + h->room;
		return ptr;
	}
	moved = take(size);
	if (!moved)
		return NULL;
	memcpy(moved, ptr, h->room);
	free(ptr);
	return moved;
}
