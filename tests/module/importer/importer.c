// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A driver that imports a dma-buf as a graphics driver does and tells what it got: for tests, never
 * for use. It knows the importer's side of dma-buf. It must not know kvmfr.
 *
 * /dev/importer has one ioctl: struct talk in, struct talk out. See probe/importers.c.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>
#include <linux/uaccess.h>

/*
 * LOOK_CPU tells the first and the last byte through vmap, and increases the first one by 1.
 * LOOK_DEVICE writes 'd' as the device and tells first what the processor sees, then 'c' the other
 * way.
 */
enum look { LOOK_NOT, LOOK_CPU, LOOK_DEVICE };

struct seen {
	__u32 entries, longest; /* of the scatter list; bytes */
	__u32 copied; /* the device's memory is not the exporter's */
	__u8 first, last;
};

struct talk {
	__s32 fd;
	__u32 look;
	__u32 limit; /* of an entry, in bytes; 0: none */
	struct seen seen; /* out */
};

static struct platform_device *importer;

static void look_cpu(struct dma_buf *buf, u8 *bytes, struct seen *seen)
{
	dma_buf_begin_cpu_access(buf, DMA_BIDIRECTIONAL);
	seen->first = bytes[0];
	seen->last = bytes[buf->size - 1];
	bytes[0]++;
	dma_buf_end_cpu_access(buf, DMA_BIDIRECTIONAL);
}

/* Where a device is not behind an IOMMU, its address of memory is the physical one. */
static void look_device(struct dma_buf *buf, u8 *bytes, struct sg_table *table, struct seen *seen)
{
	u8 *device = phys_to_virt(sg_dma_address(table->sgl));

	seen->copied = sg_dma_address(table->sgl) != sg_phys(table->sgl);
	device[0] = 'd';
	dma_buf_begin_cpu_access(buf, DMA_FROM_DEVICE);
	seen->first = bytes[0];
	dma_buf_end_cpu_access(buf, DMA_FROM_DEVICE);
	dma_buf_begin_cpu_access(buf, DMA_TO_DEVICE);
	bytes[0] = 'c';
	dma_buf_end_cpu_access(buf, DMA_TO_DEVICE);
	seen->last = device[0];
}

static int look(struct dma_buf *buf, struct sg_table *table, struct talk *talk)
{
#ifdef HAS_MAP
	struct HAS_MAP map;
	int rc = VMAP(buf, &map);
	u8 *bytes = rc ? NULL : map.vaddr;
#else
	int rc = -ENOMEM;
	u8 *bytes = dma_buf_vmap(buf);
#endif
	if (!bytes)
		return rc;
	if (talk->look == LOOK_CPU)
		look_cpu(buf, bytes, &talk->seen);
	else
		look_device(buf, bytes, table, &talk->seen);
#ifdef HAS_MAP
	VUNMAP(buf, &map);
#else
	dma_buf_vunmap(buf, bytes);
#endif
	return 0;
}

static void measure(struct sg_table *table, struct seen *seen)
{
	struct scatterlist *entry;
	unsigned int i;

	seen->entries = table->orig_nents;
	for_each_sgtable_sg(table, entry, i) seen->longest = max(seen->longest, entry->length);
}

static int attach(struct dma_buf *buf, struct talk *talk)
{
	struct dma_buf_attachment *attachment;
	struct sg_table *table;
	int rc = 0;

	/* Graphics drivers say that they take any length. */
	dma_set_max_seg_size(&importer->dev, talk->limit ?: UINT_MAX);
	attachment = dma_buf_attach(buf, &importer->dev);
	if (IS_ERR(attachment))
		return PTR_ERR(attachment);
	table = MAP(attachment, DMA_BIDIRECTIONAL);
	if (IS_ERR(table)) {
		dma_buf_detach(buf, attachment);
		return PTR_ERR(table);
	}
	measure(table, &talk->seen);
	if (talk->look != LOOK_NOT)
		rc = look(buf, table, talk);
	UNMAP(attachment, table, DMA_BIDIRECTIONAL);
	dma_buf_detach(buf, attachment);
	return rc;
}

static long importer_ioctl(struct file *file, unsigned int number, unsigned long arg)
{
	struct dma_buf *buf;
	struct talk talk;
	long rc;

	if (copy_from_user(&talk, (void __user *)arg, sizeof(talk)))
		return -EFAULT;
	memset(&talk.seen, 0, sizeof(talk.seen));
	buf = dma_buf_get(talk.fd);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	rc = attach(buf, &talk);
	dma_buf_put(buf);
	if (!rc && copy_to_user((void __user *)arg, &talk, sizeof(talk)))
		rc = -EFAULT;
	return rc;
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = importer_ioctl,
};

static struct miscdevice misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "importer",
	.fops = &fops,
};

static int __init importer_init(void)
{
	int rc;

	importer = platform_device_register_simple("importer", -1, NULL, 0);
	if (IS_ERR(importer))
		return PTR_ERR(importer);
	rc = dma_coerce_mask_and_coherent(&importer->dev, DMA_BIT_MASK(64));
	if (!rc)
		rc = misc_register(&misc);
	if (rc)
		platform_device_unregister(importer);
	return rc;
}

static void __exit importer_exit(void)
{
	misc_deregister(&misc);
	platform_device_unregister(importer);
}

module_init(importer_init);
module_exit(importer_exit);

MODULE_DESCRIPTION("Imports a dma-buf and tells what it got, for tests");
MODULE_LICENSE("GPL");
MODULE_INFO(import_ns, "DMA_BUF");
