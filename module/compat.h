/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every difference between kernels that the module meets, and nothing else. The Kbuild file looks
 * into the headers that the module is built with and defines KVMFR_HAS_*: kernels of distributions
 * have newer code under older numbers, so no version is compared anywhere.
 */
#ifndef KVMFR_COMPAT_H
#define KVMFR_COMPAT_H

#include <linux/device.h>
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>

/* The flags of a mapping were a plain word. */
#ifndef KVMFR_HAS_VM_FLAGS_SET
static inline void vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags |= flags;
}
#endif

/* What device_type.devnode is asked about. */
#ifdef KVMFR_HAS_CONST_DEVNODE
#define KVMFR_DEVNODE_CONST const
#else
#define KVMFR_DEVNODE_CONST
#endif

/* The same under an older name, which could also go on with a table. */
#ifndef KVMFR_HAS_PAGES_SEGMENT
static inline int sg_alloc_table_from_pages_segment(struct sg_table *table, struct page **pages,
						    unsigned int count, unsigned int offset,
						    unsigned long size, unsigned int longest,
						    gfp_t gfp)
{
	return PTR_ERR_OR_ZERO(__sg_alloc_table_from_pages(table, pages, count, offset, size,
							   longest, NULL, 0, gfp));
}
#endif

/* dmabuf.c: a kernel address or NULL. */
void *kvmfr_part_vmap(struct dma_buf *buf);
void kvmfr_part_vunmap(void *address);

/*
 * dma_buf_ops.vmap fills a struct that has had two names (KVMFR_HAS_MAP is the name), or returns
 * the address.
 */
#ifdef KVMFR_HAS_MAP
static inline int kvmfr_op_vmap(struct dma_buf *buf, struct KVMFR_HAS_MAP *map)
{
	void *address = kvmfr_part_vmap(buf);

	if (!address)
		return -ENOMEM;
	__PASTE(KVMFR_HAS_MAP, _set_vaddr)(map, address);
	return 0;
}

static inline void kvmfr_op_vunmap(struct dma_buf *buf, struct KVMFR_HAS_MAP *map)
{
	kvmfr_part_vunmap(map->vaddr);
}
#else
static inline void *kvmfr_op_vmap(struct dma_buf *buf)
{
	return kvmfr_part_vmap(buf);
}

static inline void kvmfr_op_vunmap(struct dma_buf *buf, void *address)
{
	kvmfr_part_vunmap(address);
}
#endif

#endif
