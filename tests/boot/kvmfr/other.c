// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A second module named kvmfr, for tests: it behaves like the one of Looking Glass where the loader
 * can notice. One parameter, no size in sysfs, nodes of root alone, memory taken with no regard to
 * what is left. It has the ioctl for the size and mmap, and nothing else.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/vmalloc.h>

#define DEVICES 10
#define IOC_SIZE 0x7544

static int static_size_mb[DEVICES];
static int sizes;
module_param_array(static_size_mb, int, &sizes, 0);

static struct class kvmfr_class = { .name = "kvmfr" };
static void *memory[DEVICES];
static dev_t first;
static struct cdev cdev;

static unsigned long size_of(struct file *file)
{
	return (unsigned long)static_size_mb[iminor(file_inode(file))] << 20;
}

static long other_ioctl(struct file *file, unsigned int number, unsigned long arg)
{
	return number == IOC_SIZE ? (long)size_of(file) : -ENOTTY;
}

static int other_mmap(struct file *file, struct vm_area_struct *vma)
{
	return remap_vmalloc_range(vma, memory[iminor(file_inode(file))], vma->vm_pgoff);
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = other_ioctl,
	.mmap = other_mmap,
};

static void undo(int made)
{
	while (made-- > 0) {
		device_destroy(&kvmfr_class, first + made);
		vfree(memory[made]);
	}
	cdev_del(&cdev);
	unregister_chrdev_region(first, DEVICES);
	class_unregister(&kvmfr_class);
}

static int __init other_init(void)
{
	int i;

	if (class_register(&kvmfr_class))
		return -ENODEV;
	cdev_init(&cdev, &fops);
	if (alloc_chrdev_region(&first, 0, DEVICES, "kvmfr") || cdev_add(&cdev, first, DEVICES)) {
		class_unregister(&kvmfr_class);
		return -ENODEV;
	}
	pr_info("kvmfr: creating %d static devices\n", sizes);
	for (i = 0; i < sizes; i++) {
		memory[i] = vmalloc_user((unsigned long)static_size_mb[i] << 20);
		if (!memory[i]) {
			undo(i);
			return -ENODEV;
		}
		if (IS_ERR(device_create(&kvmfr_class, NULL, first + i, NULL, "kvmfr%d", i))) {
			vfree(memory[i]);
			undo(i);
			return -ENODEV;
		}
	}
	return 0;
}

static void __exit other_exit(void)
{
	undo(sizes);
}

module_init(other_init);
module_exit(other_exit);
MODULE_DESCRIPTION("Stand-in for another kvmfr, for tests");
MODULE_LICENSE("GPL");
