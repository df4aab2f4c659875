/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who has a group open: by the device numbers that sysfs states, whatever the process calls the
 * node. The node is /dev/null here, under a name that says vfio/.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fakesys.h"
#include "operator/in_use.h"
#include "scene.h"
#include "unit.h"

static struct fake_device gpu;
static struct scene s;
static struct in_use u;

static const char *path_of(const char *rel)
{
	static char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", fake_root()->prefix, rel);
	return path;
}

static int setup(void **state)
{
	(void)state;
	gpu = (struct fake_device){
		.addr = "0000:01:00.0", .id = "10de:13c2", .class = "030000", .group = 1
	};
	fake_start();
	fake_add(&gpu);
	memset(&s, 0, sizeof(s));
	assert_int_equal(inventory_read(&s.inv, fake_root()), 0);
	scene_plan(&s);
	assert_int_equal(symlink("/dev", path_of("vfio")), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scene_free(&s);
	fake_stop();
	return 0;
}

/* A process whose descriptor 7 is that node of /dev. */
static void process(const char *pid, const char *name, const char *node)
{
	char rel[64], target[PATH_MAX];

	(void)snprintf(rel, sizeof(rel), "proc/%s/comm", pid);
	fake_file(rel, name);
	(void)snprintf(rel, sizeof(rel), "proc/%s/fd/note", pid);
	fake_file(rel, "");
	(void)snprintf(rel, sizeof(rel), "vfio/%s", node);
	(void)snprintf(target, sizeof(target), "%s", path_of(rel));
	(void)snprintf(rel, sizeof(rel), "proc/%s/fd/7", pid);
	assert_int_equal(symlink(target, path_of(rel)), 0);
}

static int look(void)
{
	struct root live = *fake_root(); /* its links are absolute, as no recorded tree's are */
	struct group g;
	size_t at = 0;

	live.foreign = false;
	assert_true(group_next(&s.plan, &at, &g));
	return in_use_look(&u, &live, &g);
}

static void nobody(void **state)
{
	(void)state;
	fake_file("sys/class/vfio/1/dev", "1:3\n");
	process("40", "another\n", "zero"); /* 1:5 */
	fake_file("proc/self/comm", "no process\n");
	assert_int_equal(look(), 0);
	assert_false(u.open);
}

static void the_group(void **state)
{
	(void)state;
	fake_file("sys/class/vfio/1/dev", "1:3\n");
	process("40", "another\n", "zero");
	process("4242", "qemu\033[31m\n", "null");
	assert_int_equal(look(), 0);
	assert_true(u.open);
	assert_int_equal(u.processes, 1);
	assert_int_equal(u.process[0].pid, 4242);
	assert_string_equal(u.process[0].name, "qemu\033[31m");
}

static void the_device(void **state)
{
	(void)state;
	fake_file(PCI_DEVICES "/0000:01:00.0/vfio-dev/vfio0/dev", "1:3\n");
	process("4242", "qemu\n", "null");
	assert_int_equal(look(), 0);
	assert_int_equal(u.processes, 1);
}

static void many(void **state)
{
	char pid[16];
	int i;

	(void)state;
	fake_file("sys/class/vfio/1/dev", "1:3\n");
	for (i = 0; i < IN_USE_KEPT + 2; i++) {
		(void)snprintf(pid, sizeof(pid), "%d", 100 + i);
		process(pid, "qemu\n", "null");
	}
	assert_int_equal(look(), 0);
	assert_int_equal(u.processes, IN_USE_KEPT + 2);
}

/* Without VFIO's nodes nobody can have one; with them and without /proc nobody can say. */
static void no_proc(void **state)
{
	(void)state;
	assert_int_equal(rmdir(path_of("proc")), 0);
	assert_int_equal(look(), 0);
	fake_file("sys/class/vfio/1/dev", "1:3\n");
	assert_int_equal(look(), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nobody, setup, teardown),
		cmocka_unit_test_setup_teardown(the_group, setup, teardown),
		cmocka_unit_test_setup_teardown(the_device, setup, teardown),
		cmocka_unit_test_setup_teardown(many, setup, teardown),
		cmocka_unit_test_setup_teardown(no_proc, setup, teardown),
	};

	return RUN_TESTS(tests);
}
