/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is at /dev/kvmfrN, and whom it is given to. Makes device nodes, so it wants root. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "fakesys.h"
#include "kvmfr_scene.h"
#include "unit.h"

static struct root root; /* the fake one as if it was the running system */
static mode_t mask;

static int setup(void **state)
{
	(void)state;
	fake_start();
	root = *fake_root();
	root.foreign = false;
	mask = umask(0);
	memset(&module, 0, sizeof(module));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	(void)umask(mask);
	fake_stop();
	return 0;
}

static void inspect(void **state)
{
	struct kvmfr_node node;

	NODES;
	assert_false(kvmfr_loaded(&root));
	assert_int_equal(kvmfr_node_inspect(&root, 0, &node), 0);
	assert_int_equal(node.kind, KVMFR_ABSENT);
	assert_false(node.in_sysfs);
	assert_int_equal(kvmfr_node_give(&root, 0, 1, 1, 0600), -ENODEV);
	make_device(0, SIZE);
	assert_true(kvmfr_loaded(&root));
	assert_int_equal(kvmfr_node_inspect(&root, 0, &node), 0);
	assert_int_equal(node.kind, KVMFR_DEVICE);
	assert_int_equal(node.size, 64 << 20);
	assert_int_equal(node.mode, 0600);

	/* In a recorded tree nothing is changed. */
	assert_int_equal(kvmfr_node_give(fake_root(), 0, 1, 1, 0600), -ENODEV);

	/* A node of another device is not opened and not given away. */
	fake_file(KVMFR_CLASS "/kvmfr0/dev", "240:0\n");
	assert_int_equal(kvmfr_node_inspect(&root, 0, &node), 0);
	assert_int_equal(node.kind, KVMFR_OTHER);
	assert_true(node.in_sysfs);
	assert_int_equal(kvmfr_node_give(&root, 0, 1, 1, 0600), -ENODEV);

	fake_file("dev/kvmfr1", "12345");
	assert_int_equal(kvmfr_node_inspect(&root, 1, &node), 0);
	assert_int_equal(node.kind, KVMFR_FILE);
	assert_int_equal(node.size, 5);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(inspect, setup, teardown),
};

int main(void)
{
	return RUN_TESTS(tests);
}
