/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "iommu.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "attr.h"
#include "text.h"

/* True if the directory has an entry other than "." and "..". */
static bool has_entries(const struct root *r, const char *rel)
{
	struct dirent *e;
	bool found = false;
	DIR *dir;

	if (root_opendir(r, rel, &dir) < 0)
		return false;
	while (!found && (e = readdir(dir)))
		found = e->d_name[0] != '.';
	(void)closedir(dir);
	return found;
}

/* Whether the first part of the file holds the word. */
static bool file_has(const struct root *r, const char *rel, const char *word)
{
	char buf[4097];
	auto_close int fd = root_openat(r, rel, O_RDONLY | O_NONBLOCK);
	ssize_t n;

	if (fd < 0)
		return false;
	do
		n = read(fd, buf, sizeof(buf) - 1);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return false;
	buf[n] = '\0';
	return strstr(buf, word) != NULL;
}

void iommu_read(struct iommu_facts *f, const struct root *r)
{
	f->units = has_entries(r, IOMMU_UNITS);
	if (file_has(r, PROC_CPUINFO, "GenuineIntel"))
		f->cpu = CPU_INTEL;
	else if (file_has(r, PROC_CPUINFO, "AuthenticAMD"))
		f->cpu = CPU_AMD;
	f->table = root_exists(r, ACPI_TABLES "/DMAR") || root_exists(r, ACPI_TABLES "/IVRS");
	f->off = file_has(r, PROC_CMDLINE, "iommu=off");
}

const char *iommu_hint(const struct iommu_facts *f)
{
	if (f->any_group)
		return "the IOMMU of this machine does not cover it, or this kernel forms the "
		       "group only when a driver probes the device, as on arm64 before Linux 6.15";
	if (f->units)
		return "this kernel forms the group only when a driver probes the device, so its "
		       "members cannot be known beforehand; Linux 6.15 and later form it at boot";
	if (f->off)
		return "the kernel command line turns the IOMMU off: remove iommu=off, "
		       "intel_iommu=off or amd_iommu=off";
	if (f->table && f->cpu == CPU_AMD)
		return "the firmware has an IOMMU but the kernel does not use it: see "
		       "dmesg for AMD-Vi, and remove amd_iommu=off or iommu=off";
	if (f->table)
		return "the firmware has an IOMMU but the kernel does not use it: add "
		       "intel_iommu=on to the kernel command line";
	if (f->cpu == CPU_AMD)
		return "the firmware offers no IOMMU: enable AMD-Vi (IOMMU, SVM) in the firmware "
		       "setup; amd_iommu is then on by itself";
	if (f->cpu == CPU_INTEL)
		return "the firmware offers no IOMMU: enable VT-d in the firmware setup, and add "
		       "intel_iommu=on to the kernel command line";
	return "no IOMMU: enable it in the firmware setup (VT-d, AMD-Vi, SMMU), and on Intel add "
	       "intel_iommu=on to the kernel command line";
}

int32_t iommu_group_listing(const struct root *r, const char *address)
{
	int32_t group = -1;
	struct dirent *e;
	DIR *dir;

	if (root_opendir(r, IOMMU_GROUPS, &dir) < 0)
		return -1;
	while (group < 0 && (e = readdir(dir))) {
		char rel[sizeof(IOMMU_GROUPS) + 64];
		uint32_t number;

		if (text_u32(e->d_name, INT32_MAX, &number) < 0)
			continue;
		(void)snprintf(rel, sizeof(rel), IOMMU_GROUPS "/%u/devices/%s",
			       (unsigned int)number, address);
		if (root_exists(r, rel))
			group = (int32_t)number;
	}
	(void)closedir(dir);
	return group;
}
