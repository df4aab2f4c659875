/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a kernel command line, for libFuzzer: it is read to its end, and every rule and
 * every problem says which key it comes from.
 */
#include <stdint.h>
#include <string.h>

#include "sources_cmdline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int what)
{
	if (!what)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char place[] = "cmdline: vfio_early";
	struct problems problems = { .count = 0 };
	struct policy policy = { .rules = 0 };
	char *text = malloc(size + 1);
	size_t i;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	must(sources_cmdline(&policy, text, &problems) == 0);
	for (i = 0; i < policy.rules; i++)
		must(strncmp(policy.rule[i].origin.source, place, sizeof(place) - 1) == 0);
	for (i = 0; i < problems.kept; i++)
		must(strncmp(problems.text[i], place, sizeof(place) - 1) == 0);
	must(policy.profiles <= POLICY_PROFILES_MAX);
	policy_free(&policy);
	free(text);
	return 0;
}
