// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the module's parameters accept, and what they answer to the rest. It loads; it opens no
 * device.
 */
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static void refused(const char *parameters, int expected)
{
	int rc;

	log_mark();
	rc = load(parameters);
	fails(rc ? rc : 0, expected, "load '%s'", parameters);
	check(log_only("kvmfr: "), "load '%s' leaves one line in the log", parameters);
	if (rc == 0)
		unload();
	check(!exists(NODE) && !exists(CLASS), "load '%s' leaves nothing behind", parameters);
}

void test_parameters(void)
{
	static const char *const bad[] = {
		"static_size_mb=",
		"static_size_mb=64M",
		"static_size_mb=1,1,1,1,1,1,1,1,1,1,1",
		"static_size_mb=3",
		"static_size_mb=96",
		"static_size_mb=0",
		"static_size_mb=-1",
		"static_size_mb=-64",
		"static_size_mb=0 strict=0",
		"static_size_mb=-1 strict=0",
		"static_size_mb=1025 strict=0",
		"static_size_mb=2048",
		"static_size_mb=4096",
		"static_size_mb=1048576",
		"static_size_mb=1,0",
		"static_size_mb=1,3",
		"static_size_mb=1 mode=0888",
		"static_size_mb=1 mode=01777",
		"static_size_mb=1 mode=rw",
		"static_size_mb=1 uid=-1",
		"static_size_mb=1 uid=4294967295",
		"static_size_mb=1 gid=4294967295",
		"static_size_mb=1 gid=kvm",
		"static_size_mb=1 node=-2",
		"static_size_mb=1 node=7",
		"static_size_mb=1 node=1000000",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refused(bad[i], EINVAL);
	/* The kernel's own reader of numbers says this. */
	refused("static_size_mb=4294967360", ERANGE);

	log_mark();
	if (loaded("")) {
		equals(log_lines("kvmfr: creating 0 static devices"), 1,
		       "without sizes the log says 0 devices");
		check(!exists(NODE), "without sizes there is no node");
		fails(load("static_size_mb=1"), EEXIST, "a second kvmfr");
		unloaded("without sizes");
	}
	if (loaded("static_size_mb=3 strict=0")) {
		equals(number_of(CLASS "/kvmfr0/size"), 3 * MIB, "3 MiB with strict=0");
		equals(number_of(CLASS "/kvmfr0/chunks"), 1, "3 MiB have one whole chunk");
		unloaded("3 MiB");
	}
}

/* The node as the kernel made it: there is no udev here. Mode 0: nobody chose one. */
static void is_born(unsigned int number, unsigned int mode, unsigned int uid, unsigned int gid)
{
	char path[64], text[512], want[512];
	struct stat st = { 0 };

	snprintf(path, sizeof(path), "/dev/kvmfr%u", number);
	succeeds(stat(path, &st), "%s is there", path);
	check(S_ISCHR(st.st_mode), "%s is a character device", path);
	equals(st.st_mode & 07777, mode ? mode : 0600, "mode of %s", path);
	equals(st.st_uid, uid, "owner of %s", path);
	equals(st.st_gid, gid, "group of %s", path);
	equals(st.st_size, 0, "%s has no size as a file", path);
	equals(minor(st.st_rdev), number, "minor of %s", path);

	snprintf(path, sizeof(path), CLASS "/kvmfr%u/uevent", number);
	snprintf(want, sizeof(want), "MAJOR=%u\nMINOR=%u\nDEVNAME=kvmfr%u", major(st.st_rdev),
		 number, number);
	if (mode)
		snprintf(want + strlen(want), sizeof(want) - strlen(want), "\nDEVMODE=%#o", mode);
	if (uid)
		snprintf(want + strlen(want), sizeof(want) - strlen(want), "\nDEVUID=%u", uid);
	if (gid)
		snprintf(want + strlen(want), sizeof(want) - strlen(want), "\nDEVGID=%u", gid);
	same_text(text_of(path, text, sizeof(text)), want, "uevent of kvmfr%u", number);
}

static void parameter_is(const char *name, const char *want)
{
	char path[80], text[256];
	struct stat st = { 0 };

	snprintf(path, sizeof(path), "/sys/module/kvmfr/parameters/%s", name);
	same_text(text_of(path, text, sizeof(text)), want, "parameter %s can be read", name);
	stat(path, &st);
	equals(st.st_mode & 07777, 0444, "parameter %s cannot be written", name);
}

static void places(void)
{
	char text[4096], link[256];
	ssize_t n = readlink(CLASS "/kvmfr0", link, sizeof(link) - 1);

	link[n > 0 ? n : 0] = '\0';
	same_text(link, "../../devices/virtual/kvmfr/kvmfr0", "the device is a virtual one");
	n = readlink(CLASS "/kvmfr0/subsystem", link, sizeof(link) - 1);
	link[n > 0 ? n : 0] = '\0';
	check(strstr(link, "/class/kvmfr") != NULL, "the subsystem is kvmfr");
	check(strstr(text_of("/proc/devices", text, sizeof(text)), " kvmfr\n") != NULL,
	      "/proc/devices has kvmfr");
	check(!exists("/dev/kvmfr3"), "three sizes make three nodes");
}

void test_births(void)
{
	log_mark();
	if (loaded("static_size_mb=1")) {
		is_born(0, 0, 0, 0);
		equals(number_of(CLASS "/kvmfr0/size"), MIB, "size in sysfs");
		equals(number_of(CLASS "/kvmfr0/chunks"), 0, "1 MiB has no whole chunk");
		unloaded("one device");
		check(!exists(NODE) && !exists(CLASS), "nothing is left of it");
		equals(log_lines("kvmfr"), 1, "one line in the log from load to unload");
	}
	log_mark();
	if (loaded("static_size_mb=16,2,4 mode=0660,640 uid=1000,0 gid=78 node=-1,0")) {
		equals(log_lines("kvmfr: creating 3 static devices"), 1, "the log says 3 devices");
		is_born(0, 0660, 1000, 78);
		is_born(1, 0640, 0, 78);
		is_born(2, 0640, 0, 78);
		equals(number_of(CLASS "/kvmfr0/size"), 16 * MIB, "size of kvmfr0");
		equals(number_of(CLASS "/kvmfr1/size"), 2 * MIB, "size of kvmfr1");
		equals(number_of(CLASS "/kvmfr2/size"), 4 * MIB, "size of kvmfr2");
		equals(number_of(CLASS "/kvmfr0/chunks"), 8, "chunks of kvmfr0");
		parameter_is("static_size_mb", "16,2,4");
		parameter_is("mode", "0660,0640");
		parameter_is("uid", "1000,0");
		parameter_is("gid", "78");
		parameter_is("node", "-1,0");
		parameter_is("strict", "Y");
		places();
		unloaded("three devices");
	}
	if (loaded("static_size_mb=1,1,1,1,1,1,1,1,1,1 mode=0400,0,0777 "
		   "gid=1,2,3,4,5,6,7,8,9,10")) {
		is_born(0, 0400, 0, 1);
		is_born(1, 0, 0, 2);
		is_born(9, 0777, 0, 10);
		unloaded("ten devices");
	}
}
