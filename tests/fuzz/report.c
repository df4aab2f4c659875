/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a report that is whole, for libFuzzer: what is read is what out_key() would write
 * again, byte for byte, but for lines with the same key in a block.
 */
#include <stdint.h>
#include <string.h>

#include "operator/report_file.h"
#include "out.h"
#include "report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int what)
{
	if (!what)
		__builtin_trap();
}

/* The report written again, into a pipe that is large enough for it. */
static size_t write_again(const struct report *r, char *buf, size_t room)
{
	struct out o;
	ssize_t n;
	int fds[2];
	size_t i, k;

	must(pipe(fds) == 0);
	out_start(&o, fds[1]);
	for (i = 0; i < r->blocks; i++) {
		if (i)
			out_text(&o, "\n");
		for (k = 0; k < r->block[i].lines; k++) {
			const char *key = r->line[r->block[i].first + k];

			out_key(&o, key, key + strlen(key) + 1);
		}
	}
	must(out_flush(&o) == 0);
	(void)close(fds[1]);
	n = read(fds[0], buf, room);
	(void)close(fds[0]);
	return n > 0 ? (size_t)n : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char again[65536];
	const size_t whole = size + strlen(REPORT_END);
	char *text = malloc(whole + 1);
	struct report r;
	size_t n;

	if (!text)
		return 0;
	memcpy(text, data, size);
	memcpy(text + size, REPORT_END, sizeof(REPORT_END));
	if (report_parse(&r, text, whole) < 0)
		return 0;
	must(r.blocks > 0 && strcmp(report_kind(&r, 0), "version") == 0);
	must(report_value(&r, r.blocks - 1, "nothing") != NULL);
	n = write_again(&r, again, sizeof(again));
	/* The writer never ends with an empty line, and has a short form for a printable byte. */
	must(n <= whole);
	report_free(&r);
	return 0;
}
