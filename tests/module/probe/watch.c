// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a kernel that watches itself has seen: asked after all tests. It does not believe a watcher
 * that is not there, or that gave up. What the watchers write into the log is found in log.c.
 */
#include "probe.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define KMEMLEAK "/sys/kernel/debug/kmemleak"
#define DMA "/sys/kernel/debug/dma-api"

/* Nothing points to it any more. The first looks only mark, and leave out what is younger than 5 s.
 */
static void test_lost_memory(void)
{
	char text[65536];
	int fd;

	for (int i = 0; i < 3; i++) {
		sleep(6);
		fd = open(KMEMLEAK, O_WRONLY | O_CLOEXEC);
		check(write(fd, "scan", 4) == 4, "look for memory without an owner");
		close(fd);
	}
	text_of(KMEMLEAK, text, sizeof(text));
	if (!check(exists(KMEMLEAK) && text[0] == '\0', "no memory is left without an owner"))
		say("# %.1200s", text);
}

void test_watchers(void)
{
	static const char *const greetings[] = {
		"Lock dependency validator",
		"KernelAddressSanitizer initialized",
		"Kernel memory leak detector initialized",
		"DMA-API: debugging enabled",
	};
	char text[64];

	for (size_t i = 0; i < sizeof(greetings) / sizeof(*greetings); i++)
		check(log_has(greetings[i]), "this kernel said: %s", greetings[i]);
	test_lost_memory();
	equals(field_of("/proc/lockdep_stats", " debug_locks:"), 1, "lockdep watches to the end");
	check(strcmp(text_of(DMA "/disabled", text, sizeof(text)), "N") == 0,
	      "so does the one of DMA");
	equals(number_of(DMA "/error_count"), 0, "which has nothing to say");
}
