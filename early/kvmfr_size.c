/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kvmfr_size.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmdline.h"
#include "text.h"

#define MIB (1ULL << 20)

/* Until B7: two frames, 10 MiB beside them; HDR takes 8 bytes a pixel. */
static uint64_t two_frames(uint64_t width, uint64_t height, bool hdr)
{
	return width * height * (hdr ? 8 : 4) * 2 + 10 * MIB;
}

/* Since August 2026: three frames with rows of whole 256 bytes, 4 MiB beside them; the same for
 * HDR.
 */
static uint64_t three_frames(uint64_t width, uint64_t height)
{
	return (width * 4 + 255) / 256 * 256 * height * 3 + 4 * MIB;
}

uint64_t kvmfr_size_for(uint32_t width, uint32_t height, bool hdr)
{
	uint64_t a = two_frames(width, height, hdr), b = three_frames(width, height);
	uint64_t size = KVMFR_SIZE_MIN;

	while (size < a || size < b)
		size *= 2;
	return size;
}

int kvmfr_size_option(const char *options, char *value, size_t size)
{
	auto_free char *copy = strdup(options);
	struct cmdline_word word;
	char *rest = copy;

	value[0] = '\0';
	if (!copy)
		return -ENOMEM;
	while (cmdline_next(&rest, &word)) {
		if (!word.value || !cmdline_key_is(word.key, "static_size_mb"))
			continue;
		if ((size_t)snprintf(value, size, "%s", word.value) >= size)
			return -E2BIG;
	}
	return 0;
}

int kvmfr_size_list(char *list, uint64_t *sizes, size_t max)
{
	char *rest = list, *item;
	uint32_t mib;
	size_t n = 0;

	while ((item = text_next_item(&rest))) {
		if (n == max || text_u32(item, (uint32_t)(KVMFR_SIZE_MAX / MIB), &mib) < 0 ||
		    !mib || (mib & (mib - 1)))
			return -EINVAL;
		sizes[n++] = mib * MIB;
	}
	return (int)n;
}
