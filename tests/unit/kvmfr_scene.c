/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kvmfr_scene.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "fakesys.h"
#include "unit.h"

struct kvmfr_module module;

/* The fake tree knows no kernel: numbers of /dev/null and of its neighbours stand for the nodes. */
static dev_t number(unsigned int n)
{
	return makedev(1, n == 0 ? 3 : n == 1 ? 5 : 7);
}

void make_device(unsigned int n, const char *size)
{
	char rel[64], text[32];
	mode_t mode = module.owns ? 0660 : 0600;

	(void)snprintf(rel, sizeof(rel), KVMFR_CLASS "/kvmfr%u/dev", n);
	(void)snprintf(text, sizeof(text), "%u:%u\n", major(number(n)), minor(number(n)));
	fake_file(rel, text);
	(void)snprintf(rel, sizeof(rel), KVMFR_CLASS "/kvmfr%u/size", n);
	if (!module.other)
		fake_file(rel, size);
	(void)snprintf(rel, sizeof(rel), KVMFR_NODE, n);
	if (!module.no_node)
		assert_int_equal(mknodat(fake_root()->fd, rel, S_IFCHR | mode, number(n)), 0);
	if (module.owns)
		assert_int_equal(fchownat(fake_root()->fd, rel, 0, 78, 0), 0);
}

bool may_make_nodes(void)
{
	bool may = mknodat(fake_root()->fd, "dev/try", S_IFCHR | 0600, number(0)) == 0;

	(void)unlinkat(fake_root()->fd, "dev/try", 0);
	return may;
}

void node_is(mode_t mode, uid_t uid, gid_t gid)
{
	struct stat st;

	assert_int_equal(fstatat(fake_root()->fd, "dev/kvmfr0", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_mode, S_IFCHR | mode);
	assert_int_equal(st.st_uid, uid);
	assert_int_equal(st.st_gid, gid);
}
