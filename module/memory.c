// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The memory of a device: chunks of 2 MiB where the kernel has them, smaller ones where not, and
 * its mappings.
 *
 * A chunk is split into single pages, each with its own reference count: so VFIO may pin a page,
 * and a page that is still pinned when the module goes is freed by whoever lets go of it last. No
 * request here starts the OOM killer.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/numa.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "compat.h"
#include "device.h"

static struct page *alloc_block(int node, unsigned int order)
{
	gfp_t gfp = GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN;

	gfp |= order ? __GFP_NORETRY : __GFP_RETRY_MAYFAIL;
	/* Who names a node wants that node, or an error. */
	if (node != NUMA_NO_NODE)
		gfp |= __GFP_THISNODE;
	return alloc_pages_node(node, gfp, order);
}

/* Takes the largest blocks that there are, and never tries again what has failed. */
static int fill(struct kvmfr_range *memory, unsigned long *chunks, unsigned long want, int node)
{
	const unsigned int chunk = get_order(SZ_2M);
	unsigned int order = chunk;

	while (memory->count < want) {
		struct page *page = NULL;
		unsigned long i;

		if (fatal_signal_pending(current))
			return -EINTR;
		if ((1UL << order) <= want - memory->count)
			page = alloc_block(node, order);
		if (!page) {
			if (order == 0)
				return -ENOMEM;
			order--;
			continue;
		}
		split_page(page, order);
		for (i = 0; i < 1UL << order; i++)
			memory->pages[memory->count++] = page + i;
		*chunks += order == chunk;
		cond_resched();
	}
	return 0;
}

int kvmfr_memory_alloc(struct kvmfr_range *memory, unsigned long *chunks, u64 size, int node)
{
	unsigned long want = size >> PAGE_SHIFT;
	int rc;

	*chunks = 0;
	memory->count = 0;
	memory->pages = kvmalloc_array(want, sizeof(*memory->pages),
				       GFP_KERNEL | __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
	if (!memory->pages)
		return -ENOMEM;
	rc = fill(memory, chunks, want, node);
	if (rc)
		kvmfr_memory_free(memory);
	return rc;
}

void kvmfr_memory_free(struct kvmfr_range *memory)
{
	unsigned long i;

	for (i = 0; i < memory->count; i++) {
		__free_page(memory->pages[i]);
		if (i % 1024 == 0)
			cond_resched();
	}
	kvfree(memory->pages);
	memory->pages = NULL;
	memory->count = 0;
}

/*
 * Every page is mapped from the start; this is for those that a program threw out of its mapping
 * later.
 */
static vm_fault_t range_fault(struct vm_fault *vmf)
{
	struct kvmfr_range *range = vmf->vma->vm_private_data;

	if (vmf->pgoff >= range->count)
		return VM_FAULT_SIGBUS;
	vmf->page = range->pages[vmf->pgoff];
	get_page(vmf->page);
	return 0;
}

static const struct vm_operations_struct range_vm_ops = {
	.fault = range_fault,
};

int kvmfr_memory_map(struct kvmfr_range *range, struct vm_area_struct *vma)
{
	unsigned long want = vma_pages(vma);

	/*
	 * A private mapping would be a copy that nobody else sees. A shared mapping of a read-only
	 * descriptor has VM_MAYSHARE without VM_SHARED.
	 */
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (vma->vm_pgoff >= range->count || want > range->count - vma->vm_pgoff)
		return -EINVAL;
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &range_vm_ops;
	vma->vm_private_data = range;
	return vm_insert_pages(vma, vma->vm_start, range->pages + vma->vm_pgoff, &want);
}
