// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A driver that imports a dma-buf as a graphics driver does and tells what it got: for tests, never
 * for use. It knows the importer's side of dma-buf. It must not know kvmfr.
 *
 * /dev/importer has one ioctl: struct seen in, struct seen out. See probe/importers.c.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/uaccess.h>

struct seen {
	__s32 fd;
	__u32 cpu; /* look at the bytes through vmap, and write the first one back increased by 1 */
	__u32 entries; /* out: entries of the scatter list */
	__u8 first, last;
};

static struct platform_device *importer;

static int look(struct dma_buf *buf, struct seen *seen)
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
	dma_buf_begin_cpu_access(buf, DMA_BIDIRECTIONAL);
	seen->first = bytes[0];
	seen->last = bytes[buf->size - 1];
	bytes[0]++;
	dma_buf_end_cpu_access(buf, DMA_BIDIRECTIONAL);
#ifdef HAS_MAP
	VUNMAP(buf, &map);
#else
	dma_buf_vunmap(buf, bytes);
#endif
	return 0;
}

static int attach(struct dma_buf *buf, struct seen *seen)
{
	struct dma_buf_attachment *attachment = dma_buf_attach(buf, &importer->dev);
	struct sg_table *table;
	int rc = 0;

	if (IS_ERR(attachment))
		return PTR_ERR(attachment);
	table = MAP(attachment, DMA_BIDIRECTIONAL);
	if (IS_ERR(table)) {
		dma_buf_detach(buf, attachment);
		return PTR_ERR(table);
	}
	seen->entries = table->orig_nents;
	if (seen->cpu)
		rc = look(buf, seen);
	UNMAP(attachment, table, DMA_BIDIRECTIONAL);
	dma_buf_detach(buf, attachment);
	return rc;
}

static long importer_ioctl(struct file *file, unsigned int number, unsigned long arg)
{
	struct dma_buf *buf;
	struct seen seen;
	long rc;

	if (copy_from_user(&seen, (void __user *)arg, sizeof(seen)))
		return -EFAULT;
	buf = dma_buf_get(seen.fd);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	rc = attach(buf, &seen);
	dma_buf_put(buf);
	if (!rc && copy_to_user((void __user *)arg, &seen, sizeof(seen)))
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
