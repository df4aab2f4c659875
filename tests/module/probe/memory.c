// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Too much memory is refused and nobody dies of it, though this process is the first one; a NUMA
 * node is kept to.
 */
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void too_much(const char *parameters, const char *line)
{
	long long kills = field_of("/proc/vmstat", "oom_kill "), before, after;

	before = field_of("/proc/meminfo", "MemFree:");
	log_mark();
	fails(load(parameters), ENOMEM, "load %s", parameters);
	check(log_only(line), "load %s says why in one line", parameters);
	after = field_of("/proc/meminfo", "MemFree:");
	equals(field_of("/proc/vmstat", "oom_kill "), kills, "load %s kills nobody", parameters);
	check(before - after < 16LL * 1024, "load %s takes no memory (%lld KiB)", parameters,
	      before - after);
	check(!exists(NODE) && !exists(CLASS), "load %s leaves nothing behind", parameters);
}

static long long free_of_node(int node)
{
	char path[64], key[64];

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/meminfo", node);
	snprintf(key, sizeof(key), "Node %d MemFree:", node);
	return field_of(path, key);
}

static void test_nodes(void)
{
	long long before = free_of_node(1), after;

	if (!check(before > 0, "this machine has a second node"))
		return;
	if (loaded("static_size_mb=64 node=1")) {
		after = free_of_node(1);
		check(before - after >= 60LL * 1024 && before - after < 80LL * 1024,
		      "64 MiB come from node 1 (%lld KiB)", before - after);
		unloaded("from node 1");
	}
	before = free_of_node(1);
	if (loaded("static_size_mb=64,1 node=0")) {
		after = free_of_node(1);
		check(before - after < 8LL * 1024, "nothing comes from node 1 (%lld KiB)",
		      before - after);
		unloaded("from node 0");
	}
	/* The whole machine has it, the node has not: found out only while it is taken. */
	too_much("static_size_mb=256 node=1", "kvmfr: cannot create kvmfr0 of 256 MiB: error -12");
	too_much("static_size_mb=4,256 node=0,1",
		 "kvmfr: cannot create kvmfr1 of 256 MiB: error -12");
}

void test_memory(void)
{
	long long available = field_of("/proc/meminfo", "MemAvailable:") / 1024;
	char parameters[80];

	too_much("static_size_mb=1024", "kvmfr: 1024 MiB wanted");
	too_much("static_size_mb=512,256,128", "kvmfr: 896 MiB wanted");
	too_much("static_size_mb=1024,1024,1024,1024,1024,1024,1024,1024,1024,1024",
		 "kvmfr: 10240 MiB wanted");
	snprintf(parameters, sizeof(parameters), "static_size_mb=%lld strict=0", available - 32);
	too_much(parameters, "MiB must be left");
	if (loaded("static_size_mb=512")) {
		equals(number_of(CLASS "/kvmfr0/chunks") > 200, 1,
		       "512 MiB of 1 GiB, mostly in whole chunks");
		unloaded("512 MiB");
	}
	test_nodes();
}
