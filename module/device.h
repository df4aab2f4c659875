/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the module share. A struct kvmfr is one device: memory, character device and
 * sysfs in one reference-counted object. Whoever has the node open, mapped or exported holds a
 * reference to it and to the module.
 *
 * memory.c knows pages and mappings, and no device. device.c knows nodes, sysfs and file
 * operations. dmabuf.c knows dma-buf. main.c knows parameters and the order of things.
 */
#ifndef KVMFR_DEVICE_H
#define KVMFR_DEVICE_H

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/mm_types.h>
#include <linux/types.h>

struct kvmfr_dmabuf;

/* A run of pages in the order of their offsets: a device, or a part of one. Borrowed, never owned.
 */
struct kvmfr_range {
	struct page **pages;
	unsigned long count;
};

struct kvmfr {
	struct device dev;
	struct cdev cdev;
	struct kvmfr_range memory; /* owned by the device, freed with its last reference */
	unsigned long chunks; /* how much of it is whole 2 MiB of physical memory */
	umode_t mode;
	kuid_t uid;
	kgid_t gid;
};

/* What one device shall be. size is in bytes, node is a NUMA node or NUMA_NO_NODE. */
struct kvmfr_wish {
	u64 size;
	int node;
	umode_t mode;
	kuid_t uid;
	kgid_t gid;
};

static inline u64 kvmfr_size(const struct kvmfr *k)
{
	return (u64)k->memory.count << PAGE_SHIFT;
}

/* memory.c: zeroed pages; chunks is set too. After an error nothing is left to free. */
int kvmfr_memory_alloc(struct kvmfr_range *memory, unsigned long *chunks, u64 size, int node);
void kvmfr_memory_free(struct kvmfr_range *memory);
/* Maps the range where vma says. The range must outlive the file of vma. */
int kvmfr_memory_map(struct kvmfr_range *range, struct vm_area_struct *vma);

/* device.c: the kind, then the devices 0, 1, ... of it. */
int kvmfr_devices_begin(void);
void kvmfr_devices_end(void);
struct kvmfr *kvmfr_device_add(unsigned int number, const struct kvmfr_wish *wish);
void kvmfr_device_remove(struct kvmfr *k);

/* dmabuf.c: a new descriptor, or an error. It takes its own reference to k. */
int kvmfr_dmabuf_create(struct kvmfr *k, const struct kvmfr_dmabuf *wish);

#endif
