// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A part of a device as a dma-buf, so that a graphics card can read a frame where it is.
 * It knows the exporter's side of dma-buf. It must not know files or parameters.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "device.h"
#include "kvmfr.h"

/* priv of the dma-buf. It holds a reference to the device. */
struct part {
	struct kvmfr *device;
	struct kvmfr_range range;
	struct mutex lock; /* of maps */
	struct list_head maps;
};

/* The part as one importer has it, from map to unmap. */
struct map {
	struct sg_table table;
	struct list_head entry;
	struct device *importer;
};

/* How many bytes in a row this device can take: less than all where it is reached through copies.
 */
static unsigned int longest_entry(struct device *importer)
{
	size_t bytes =
		min_t(size_t, dma_get_max_seg_size(importer), dma_max_mapping_size(importer));

	return max_t(unsigned int, ALIGN_DOWN(bytes, PAGE_SIZE), PAGE_SIZE);
}

static struct sg_table *part_map(struct dma_buf_attachment *attachment, enum dma_data_direction way)
{
	struct part *part = attachment->dmabuf->priv;
	struct map *map = kzalloc(sizeof(*map), GFP_KERNEL);
	int rc;

	if (!map)
		return ERR_PTR(-ENOMEM);
	rc = sg_alloc_table_from_pages_segment(&map->table, part->range.pages, part->range.count, 0,
					       part->range.count << PAGE_SHIFT,
					       longest_entry(attachment->dev), GFP_KERNEL);
	if (rc)
		goto out_free;
	rc = dma_map_sgtable(attachment->dev, &map->table, way, 0);
	if (rc)
		goto out_table;
	map->importer = attachment->dev;
	mutex_lock(&part->lock);
	list_add(&map->entry, &part->maps);
	mutex_unlock(&part->lock);
	return &map->table;

out_table:
	sg_free_table(&map->table);
out_free:
	kfree(map);
	return ERR_PTR(rc);
}

static void part_unmap(struct dma_buf_attachment *attachment, struct sg_table *table,
		       enum dma_data_direction way)
{
	struct part *part = attachment->dmabuf->priv;
	struct map *map = container_of(table, struct map, table);

	mutex_lock(&part->lock);
	list_del(&map->entry);
	mutex_unlock(&part->lock);
	dma_unmap_sgtable(attachment->dev, table, way, 0);
	sg_free_table(table);
	kfree(map);
}

/*
 * Where a device reaches memory through copies or past the caches, both sides must be told who is
 * next.
 */
static int part_begin_cpu(struct dma_buf *buf, enum dma_data_direction way)
{
	struct part *part = buf->priv;
	struct map *map;

	mutex_lock(&part->lock);
	list_for_each_entry(map, &part->maps, entry)
		dma_sync_sgtable_for_cpu(map->importer, &map->table, way);
	mutex_unlock(&part->lock);
	return 0;
}

static int part_end_cpu(struct dma_buf *buf, enum dma_data_direction way)
{
	struct part *part = buf->priv;
	struct map *map;

	mutex_lock(&part->lock);
	list_for_each_entry(map, &part->maps, entry)
		dma_sync_sgtable_for_device(map->importer, &map->table, way);
	mutex_unlock(&part->lock);
	return 0;
}

static int part_mmap(struct dma_buf *buf, struct vm_area_struct *vma)
{
	struct part *part = buf->priv;

	return kvmfr_memory_map(&part->range, vma);
}

void *kvmfr_part_vmap(struct dma_buf *buf)
{
	struct part *part = buf->priv;

	return vmap(part->range.pages, part->range.count, VM_MAP, PAGE_KERNEL);
}

void kvmfr_part_vunmap(void *address)
{
	vunmap(address);
}

static void part_release(struct dma_buf *buf)
{
	struct part *part = buf->priv;

	put_device(&part->device->dev);
	mutex_destroy(&part->lock);
	kfree(part);
}

static const struct dma_buf_ops part_ops = {
	.map_dma_buf = part_map,
	.unmap_dma_buf = part_unmap,
	.begin_cpu_access = part_begin_cpu,
	.end_cpu_access = part_end_cpu,
	.mmap = part_mmap,
	.vmap = kvmfr_op_vmap,
	.vunmap = kvmfr_op_vunmap,
	.release = part_release,
};

/* Are these whole pages of the device, at least one? */
static bool is_part(const struct kvmfr *k, const struct kvmfr_dmabuf *wish)
{
	u64 size = kvmfr_size(k);

	return PAGE_ALIGNED(wish->offset) && PAGE_ALIGNED(wish->size) && wish->size &&
	       wish->offset < size && wish->size <= size - wish->offset;
}

static struct part *part_create(struct kvmfr *k, const struct kvmfr_dmabuf *wish)
{
	struct part *part = kzalloc(sizeof(*part), GFP_KERNEL);

	if (!part)
		return NULL;
	get_device(&k->dev);
	part->device = k;
	part->range.pages = k->memory.pages + (wish->offset >> PAGE_SHIFT);
	part->range.count = wish->size >> PAGE_SHIFT;
	mutex_init(&part->lock);
	INIT_LIST_HEAD(&part->maps);
	return part;
}

int kvmfr_dmabuf_create(struct kvmfr *k, const struct kvmfr_dmabuf *wish)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct dma_buf *buf;
	struct part *part;
	int fd;

	if (!is_part(k, wish)) {
		dev_dbg(&k->dev, "no such part: offset %llu, size %llu\n", wish->offset,
			wish->size);
		return -EINVAL;
	}
	part = part_create(k, wish);
	if (!part)
		return -ENOMEM;
	info.ops = &part_ops;
	info.size = wish->size;
	info.flags = O_RDWR;
	info.priv = part;
	buf = dma_buf_export(&info);
	if (IS_ERR(buf)) {
		put_device(&k->dev);
		kfree(part);
		return PTR_ERR(buf);
	}
	fd = dma_buf_fd(buf, wish->flags & KVMFR_DMABUF_CLOEXEC ? O_CLOEXEC : 0);
	if (fd < 0)
		dma_buf_put(buf);
	return fd;
}

/* As a string, as it was a symbol in older kernels; those before namespaces do not look at it. */
MODULE_INFO(import_ns, "DMA_BUF");
