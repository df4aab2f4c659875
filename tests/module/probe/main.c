// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * PID 1 of the module's tests: prepares the machine, runs the groups of tests that `test_mode=` on
 * the kernel command line asks for, and ends the machine. The last line is `end NONCE`; the host
 * believes nothing without it.
 */
#include "probe.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

static void prepare(void)
{
	static const char *const mounts[][2] = {
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
		{ "devtmpfs", "/dev" },
		{ "tmpfs", "/tmp" },
		{ "debugfs", "/sys/kernel/debug" },
	};

	for (size_t i = 0; i < sizeof(mounts) / sizeof(*mounts); i++) {
		(void)mkdir(mounts[i][1], 0755);
		(void)mount(mounts[i][0], mounts[i][1], mounts[i][0], 0, NULL);
	}
}

static void power_off(void)
{
	kill(-1, SIGKILL);
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

/* Does the kernel look where it was asked to? */
static void test_debugging(void)
{
	equals(number_of("/sys/kernel/slab/kmalloc-64/poison"), 1,
	       "the kernel poisons what is freed");
	equals(number_of("/sys/kernel/slab/kmalloc-64/red_zone"), 1,
	       "and looks around what is in use");
}

static void run_all(void)
{
	test_parameters();
	test_births();
	test_node();
	test_mappings();
	test_dmabuf();
	test_importers();
	test_vfio();
	test_lifetime();
	test_races();
	test_memory();
}

int main(void)
{
	char mode[32], nonce[64];

	prepare();
	if (say_open("/dev/ttyS1") != 0)
		power_off();
	kernel_word("test_mode", mode, sizeof(mode));
	kernel_word("test_nonce", nonce, sizeof(nonce));
	load_needed();
	if (strcmp(mode, "nested") == 0)
		test_nested();
	else if (strcmp(mode, "copies") == 0)
		test_copies();
	else if (strcmp(mode, "bench") == 0)
		bench();
	else
		run_all();
	if (strcmp(mode, "debug") == 0)
		test_debugging();
	if (strcmp(mode, "watch") == 0)
		test_watchers();
	log_splats();
	say("end %s", nonce);
	say_end();
	power_off();
	return 0;
}
