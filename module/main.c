// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kvmfr: memory that a virtual machine, a program and a graphics card share, as /dev/kvmfrN.
 * This file knows the parameters, which of them can be meant, and the order of creation. It must
 * not know pages.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/nodemask.h>
#include <linux/sizes.h>
#include <linux/stddef.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "device.h"
#include "kvmfr.h"

/* Programs have these numbers compiled in. */
static_assert(KVMFR_IOC_SIZE == 0x7544);
static_assert(KVMFR_IOC_DMABUF == 0x40187542);
static_assert(sizeof(struct kvmfr_dmabuf) == 24);
static_assert(offsetof(struct kvmfr_dmabuf, flags) == 0);
static_assert(offsetof(struct kvmfr_dmabuf, offset) == 8);
static_assert(offsetof(struct kvmfr_dmabuf, size) == 16);

/* What is left for the rest of the system, at least. */
#define LEAVE_MIB 64

/*
 * Modes are octal, with or without a 0 in front. 0 is the kernel's own default, 0600, and no word
 * of it in the uevent: udev rules see that nobody chose.
 */
static int octal_set(const char *text, const struct kernel_param *param)
{
	unsigned int mode;

	if (kstrtouint(text, 8, &mode) || mode > 0777)
		return -EINVAL;
	*(unsigned int *)param->arg = mode;
	return 0;
}

static int octal_get(char *buf, const struct kernel_param *param)
{
	return scnprintf(buf, PAGE_SIZE, "%04o\n", *(unsigned int *)param->arg);
}

static const struct kernel_param_ops param_ops_octal = {
	.set = octal_set,
	.get = octal_get,
};

#define param_check_octal(name, p) param_check_uint(name, p)

static int static_size_mb[KVMFR_MAX_DEVICES];
static unsigned int sizes;
module_param_array(static_size_mb, int, &sizes, 0444);
MODULE_PARM_DESC(static_size_mb, "Sizes in MiB, one per device: powers of two, at most 1024");

static unsigned int mode[KVMFR_MAX_DEVICES];
static unsigned int modes;
module_param_array(mode, octal, &modes, 0444);
MODULE_PARM_DESC(mode,
		 "Modes of the nodes, octal (default 0600); the last one counts for the rest");

static unsigned int uid[KVMFR_MAX_DEVICES];
static unsigned int uids;
module_param_array(uid, uint, &uids, 0444);
MODULE_PARM_DESC(uid, "Owners of the nodes (default 0); the last one counts for the rest");

static unsigned int gid[KVMFR_MAX_DEVICES];
static unsigned int gids;
module_param_array(gid, uint, &gids, 0444);
MODULE_PARM_DESC(gid, "Groups of the nodes (default 0); the last one counts for the rest");

static int node[KVMFR_MAX_DEVICES];
static unsigned int nodes;
module_param_array(node, int, &nodes, 0444);
MODULE_PARM_DESC(node,
		 "NUMA nodes of the memory, -1 is any (default); the last one counts for the rest");

static bool strict = true;
module_param(strict, bool, 0444);
MODULE_PARM_DESC(strict,
		 "Refuse sizes that QEMU cannot use, as they are no power of two (default Y)");

static struct kvmfr *devices[KVMFR_MAX_DEVICES];

/* The place of device i in an array of count values, of which the last one counts for the rest. */
static unsigned int place(unsigned int i, unsigned int count)
{
	return min(i, count - 1);
}

static int wish_of(unsigned int i, struct kvmfr_wish *wish)
{
	int mib = static_size_mb[i];

	*wish = (struct kvmfr_wish){
		.size = (u64)mib * SZ_1M,
		.node = nodes ? node[place(i, nodes)] : NUMA_NO_NODE,
		.mode = modes ? mode[place(i, modes)] : 0,
		.uid = make_kuid(&init_user_ns, uids ? uid[place(i, uids)] : 0),
		.gid = make_kgid(&init_user_ns, gids ? gid[place(i, gids)] : 0),
	};
	if (mib < 1 || mib > KVMFR_MAX_MIB) {
		pr_err("static_size_mb: %d is not between 1 and %d\n", mib, KVMFR_MAX_MIB);
		return -EINVAL;
	}
	if (strict && !is_power_of_2(mib)) {
		pr_err("static_size_mb: %d is no power of two, QEMU could not use it\n", mib);
		return -EINVAL;
	}
	if (!uid_valid(wish->uid) || !gid_valid(wish->gid)) {
		pr_err("uid or gid: the value for " KBUILD_MODNAME "%u is not valid\n", i);
		return -EINVAL;
	}
	if (wish->node != NUMA_NO_NODE &&
	    (wish->node < 0 || wish->node >= MAX_NUMNODES || !node_online(wish->node))) {
		pr_err("node: there is no node %d\n", wish->node);
		return -EINVAL;
	}
	return 0;
}

/*
 * Asked before anything is taken: a machine that has to look for its last pages is no machine to
 * boot.
 */
static int check_memory(const struct kvmfr_wish *wishes)
{
	long available = max(si_mem_available(), 0L) >> (20 - PAGE_SHIFT);
	long sum = 0;
	unsigned int i;

	for (i = 0; i < sizes; i++)
		sum += wishes[i].size >> 20;
	if (!sum || sum + LEAVE_MIB <= available)
		return 0;
	pr_err("%ld MiB wanted, %ld MiB available, %d MiB must be left\n", sum, available,
	       LEAVE_MIB);
	return -ENOMEM;
}

static void remove_devices(unsigned int count)
{
	while (count > 0)
		kvmfr_device_remove(devices[--count]);
	kvmfr_devices_end();
}

static int __init kvmfr_init(void)
{
	struct kvmfr_wish wishes[KVMFR_MAX_DEVICES];
	unsigned int i;
	int rc;

	for (i = 0; i < sizes; i++) {
		rc = wish_of(i, &wishes[i]);
		if (rc)
			return rc;
	}
	rc = check_memory(wishes);
	if (rc)
		return rc;
	rc = kvmfr_devices_begin();
	if (rc)
		return rc;
	for (i = 0; i < sizes; i++) {
		devices[i] = kvmfr_device_add(i, &wishes[i]);
		if (IS_ERR(devices[i])) {
			rc = PTR_ERR(devices[i]);
			pr_err("cannot create " KBUILD_MODNAME "%u of %d MiB: error %d\n", i,
			       static_size_mb[i], rc);
			remove_devices(i);
			return rc;
		}
	}
	/* Said in these words since the first kvmfr; here only when it is true. */
	pr_info("creating %u static devices\n", sizes);
	return 0;
}

static void __exit kvmfr_exit(void)
{
	remove_devices(sizes);
}

module_init(kvmfr_init);
module_exit(kvmfr_exit);

MODULE_DESCRIPTION("Memory shared by virtual machines, programs and graphics cards");
MODULE_AUTHOR("vfio-early");
MODULE_LICENSE("GPL");
MODULE_VERSION(KVMFR_VERSION);
