// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * PID 1 of the boot tests' real root: states facts on the second serial port, then powers off.
 * In an initramfs, `boot-test-guest hold BDF` is the program that will not let go of a device,
 * `wait SECONDS` the one that gives another one time, and `shown PROGRAM WORD... -- COMMAND
 * WORD...` starts the program with what the command prints; `read FILE` prints a file. It knows the
 * order of the questions. It must not judge, and it must always end the machine.
 *
 * The last line is "token NONCE" with the nonce from the kernel command line. The host believes
 * nothing that is not followed by it.
 */
#include "facts.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define REPORT "/run/vfio-early/report"

static void mount_if_missing(const char *type, const char *dir)
{
	struct stat root, place;

	/* An image of nothing but this file has no directories. */
	(void)mkdir(dir, 0755);
	if (stat("/", &root) == 0 && stat(dir, &place) == 0 && root.st_dev != place.st_dev)
		return;
	if (mount(type, dir, type, 0, NULL) != 0)
		printf("guest: cannot mount %s\n", dir);
}

static void power_off(void)
{
	facts_close();
	/* A process that holds a device would block its shutdown. */
	kill(-1, SIGKILL);
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

static void system_facts(void)
{
	struct utsname name;
	char text[4096];

	if (uname(&name) == 0)
		fact("kernel %s", name.release);
	read_text("/proc/cmdline", text, sizeof(text));
	fact("cmdline %s", text);
	read_text("/proc/uptime", text, sizeof(text));
	fact("uptime %s", text);
	read_text("/sys/module/vfio_pci/parameters/disable_idle_d3", text, sizeof(text));
	fact("disable-idle-d3 %s", text);
}

static int print_file(const char *path)
{
	char text[4096];

	read_text(path, text, sizeof(text));
	return puts(text) < 0;
}

static void report_facts(void)
{
	struct stat st;

	if (lstat(REPORT, &st) != 0) {
		fact("report-file none");
		return;
	}
	fact("report-file %04o", (unsigned int)st.st_mode & 07777);
	fact_lines("report", REPORT);
}

int main(int argc, char **argv)
{
	char nonce[128];

	if (argc == 3 && strcmp(argv[1], "hold") == 0)
		return hold_device(argv[2]);
	if (argc == 3 && strcmp(argv[1], "wait") == 0)
		return (int)sleep((unsigned int)atoi(argv[2]));
	if (argc == 3 && strcmp(argv[1], "read") == 0)
		return print_file(argv[2]);
	if (argc > 2 && strcmp(argv[1], "shown") == 0)
		return run_with_shown(argv + 2);
	start_look(argv);
	mount_if_missing("proc", "/proc");
	mount_if_missing("sysfs", "/sys");
	mount_if_missing("devtmpfs", "/dev");
	mount_if_missing("tmpfs", "/run");
	if (facts_open("/dev/ttyS1") != 0) {
		printf("guest: cannot open /dev/ttyS1, no facts\n");
		power_off();
	}
	cmdline_value("test_nonce", nonce, sizeof(nonce));
	fact("facts 1");
	system_facts();
	start_facts();
	start_report();
	pci_facts();
	report_facts();
	vfio_facts();
	kvmfr_facts();
	/* The log of this boot, before a second run adds its own lines to it. */
	klog_facts();
	again_facts();
	steps_facts();
	splat_facts();
	fact("token %s", nonce);
	power_off();
	return 0;
}
