/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file system that we look at: the running system, or a recorded or mounted tree (--root DIR).
 *
 * Knows where things lie. It is the only place with an absolute path; everybody else passes names
 * relative to the root ("sys/bus/pci/devices"). In a tree other than "/" a symbolic link cannot
 * lead out of it; who opens names in a directory of the tree asks root_holds() first. struct root
 * owns its descriptor and its copy of the prefix: root_close().
 */
#pragma once

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>

#include "attrs.h"

#define PCI_DEVICES "sys/bus/pci/devices"
#define PCI_DRIVERS "sys/bus/pci/drivers"
#define PCI_PROBE "sys/bus/pci/drivers_probe"
#define IOMMU_GROUPS "sys/kernel/iommu_groups"
#define IOMMU_UNITS "sys/class/iommu"
#define ACPI_TABLES "sys/firmware/acpi/tables"
/* With the page size in kB; and with the NUMA node before it. */
#define HUGEPAGES_ALL "sys/kernel/mm/hugepages/hugepages-%lukB/nr_hugepages"
#define HUGEPAGES_NODE "sys/devices/system/node/node%u/hugepages/hugepages-%lukB/nr_hugepages"
#define SYS_MODULES "sys/module"
#define KVMFR_CLASS "sys/class/kvmfr"
#define KVMFR_NODE "dev/kvmfr%u"
#define PROC_MEMINFO "proc/meminfo"
/* Where distributions keep the names of PCI devices; the first that is there counts. */
#define PCI_IDS_FILES                                                                     \
	{                                                                                 \
		"usr/share/misc/pci.ids", "usr/share/hwdata/pci.ids", "usr/share/pci.ids" \
	}
#define VFIO_CLASS "sys/class/vfio" /* a group's number each */
#define VFIO_NODES "dev/vfio"
#define PROC "proc"
#define PROC_CMDLINE "proc/cmdline"
#define PROC_CPUINFO "proc/cpuinfo"
#define KMSG "dev/kmsg"
#define POLICY_FILE "etc/vfio-early.conf"
#define POLICY_PARENT "etc"
#define POLICY_DIR POLICY_PARENT "/vfio-early.d"
/* In an image: the list that it was built by. */
#define MANIFEST_FILE "etc/vfio-early.manifest"
#define PASSWD_FILE "etc/passwd"
#define GROUP_FILE "etc/group"
#define REPORT_DIR "run/vfio-early"
#define REPORT_FILE "report"
#define LOCK_FILE "lock" /* beside the report: one change by hand at a time */
/* Where the overlay archive keeps its files, and where its run leaves the report: devtmpfs is the
 * one thing that every later mount of /dev shows again. */
#define OVERLAY_DIR "/vfio-early"
#define OVERLAY_REPORT_DIR "dev/.vfio-early"
#define REAL_INIT "/init"
#define SELF_EXE "proc/self/exe"

struct root {
	int fd;
	bool foreign; /* not the running system: nothing outside the tree may be touched */
	char *prefix; /* "" for the running system, else DIR without a trailing slash */
};

/* NULL or "/" is the running system. 0 or -errno. */
int root_open(struct root *r, const char *dir) must_check;
/* A directory of the running system that holds its own etc/ and lib/, as the overlay does. */
int root_open_part(struct root *r, const char *dir) must_check;
void root_close(struct root *r);

/* A descriptor (always O_CLOEXEC), or -errno. mode counts only with O_CREAT. */
int root_openat(const struct root *r, const char *rel, int flags) must_check;

/* The same for reading a regular file: -EISDIR for a directory, -ENOTSUP for a FIFO or a device
 * that somebody put there. */
int root_open_regular(const struct root *r, const char *rel) must_check;

/* A directory to read, which the caller closes. 0 or -errno; then *dir is NULL. */
int root_opendir(const struct root *r, const char *rel, DIR **dir) must_check;

/* Writes prefix + "/" + rel. -ENAMETOOLONG if it does not fit. For libraries that want a string. */
int root_path(const struct root *r, const char *rel, char *buf, size_t size) must_check;

/* True if rel exists (links are followed). */
bool root_exists(const struct root *r, const char *rel);

/* True if name, opened in the directory dir of the tree, lies in the tree: in a recorded one a link
 * can lead anywhere. Always true for the running system. */
bool root_holds(const struct root *r, int dir, const char *name);
