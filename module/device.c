// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The devices: /dev/kvmfrN, /sys/class/kvmfr/kvmfrN and what can be done with an open node.
 * It knows the driver core and the file operations. It must not know parameters, nor how memory is
 * found.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "device.h"
#include "kvmfr.h"

static dev_t first;

static struct kvmfr *device_of(struct file *file)
{
	return file->private_data;
}

/* The open file holds the cdev, and with it device and module. */
static int node_open(struct inode *inode, struct file *file)
{
	file->private_data = container_of(inode->i_cdev, struct kvmfr, cdev);
	return 0;
}

/* The size at SEEK_END lets QEMU say itself what is wrong with its own. */
static loff_t node_llseek(struct file *file, loff_t offset, int whence)
{
	return fixed_size_llseek(file, offset, whence, kvmfr_size(device_of(file)));
}

static int node_mmap(struct file *file, struct vm_area_struct *vma)
{
	return kvmfr_memory_map(&device_of(file)->memory, vma);
}

static long export_part(struct file *file, const void __user *arg)
{
	struct kvmfr_dmabuf wish;

	/* A dma-buf can be written by whoever has it. */
	if (!(file->f_mode & FMODE_READ) || !(file->f_mode & FMODE_WRITE))
		return -EACCES;
	if (copy_from_user(&wish, arg, sizeof(wish)))
		return -EFAULT;
	return kvmfr_dmabuf_create(device_of(file), &wish);
}

static long node_ioctl(struct file *file, unsigned int number, unsigned long arg)
{
	switch (number) {
	case KVMFR_IOC_SIZE:
		return kvmfr_size(device_of(file));
	case KVMFR_IOC_DMABUF:
		return export_part(file, (const void __user *)arg);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations node_fops = {
	.owner = THIS_MODULE,
	.open = node_open,
	.llseek = node_llseek,
	.mmap = node_mmap,
	.unlocked_ioctl = node_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static ssize_t size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", kvmfr_size(container_of(dev, struct kvmfr, dev)));
}
static DEVICE_ATTR_RO(size);

static ssize_t chunks_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%lu\n", container_of(dev, struct kvmfr, dev)->chunks);
}
static DEVICE_ATTR_RO(chunks);

static struct attribute *device_attrs[] = {
	&dev_attr_size.attr,
	&dev_attr_chunks.attr,
	NULL,
};
ATTRIBUTE_GROUPS(device);

/* The node is born with its owner and mode, so that it needs no udev. */
static char *device_devnode(KVMFR_DEVNODE_CONST struct device *dev, umode_t *mode, kuid_t *uid,
			    kgid_t *gid)
{
	const struct kvmfr *k = container_of(dev, struct kvmfr, dev);

	if (mode)
		*mode = k->mode;
	if (uid)
		*uid = k->uid;
	if (gid)
		*gid = k->gid;
	return NULL;
}

static void device_free(struct device *dev)
{
	struct kvmfr *k = container_of(dev, struct kvmfr, dev);

	kvmfr_memory_free(&k->memory);
	kfree(k);
}

/* Without a name, so that no DEVTYPE is added to the uevent. */
static const struct device_type type = {
	.groups = device_groups,
	.devnode = device_devnode,
	.release = device_free,
};

static struct class class = {
	.name = KBUILD_MODNAME,
};

int kvmfr_devices_begin(void)
{
	int rc = alloc_chrdev_region(&first, 0, KVMFR_MAX_DEVICES, KBUILD_MODNAME);

	if (rc)
		return rc;
	rc = class_register(&class);
	if (rc)
		unregister_chrdev_region(first, KVMFR_MAX_DEVICES);
	return rc;
}

void kvmfr_devices_end(void)
{
	class_unregister(&class);
	unregister_chrdev_region(first, KVMFR_MAX_DEVICES);
}

struct kvmfr *kvmfr_device_add(unsigned int number, const struct kvmfr_wish *wish)
{
	struct kvmfr *k = kzalloc(sizeof(*k), GFP_KERNEL);
	int rc;

	if (!k)
		return ERR_PTR(-ENOMEM);
	k->mode = wish->mode;
	k->uid = wish->uid;
	k->gid = wish->gid;
	device_initialize(&k->dev);
	k->dev.class = &class;
	k->dev.type = &type;
	k->dev.devt = MKDEV(MAJOR(first), MINOR(first) + number);
	cdev_init(&k->cdev, &node_fops);
	k->cdev.owner = THIS_MODULE;

	rc = dev_set_name(&k->dev, KBUILD_MODNAME "%u", number);
	if (!rc)
		rc = kvmfr_memory_alloc(&k->memory, &k->chunks, wish->size, wish->node);
	if (!rc)
		rc = cdev_device_add(&k->cdev, &k->dev);
	if (rc) {
		put_device(&k->dev);
		return ERR_PTR(rc);
	}
	return k;
}

void kvmfr_device_remove(struct kvmfr *k)
{
	cdev_device_del(&k->cdev, &k->dev);
	put_device(&k->dev);
}
