/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interface of /dev/kvmfrN: what the module and a program have in common.
 * It knows numbers and one struct, for the kernel and for user space of either word size. It owns
 * nothing.
 */
#ifndef KVMFR_H
#define KVMFR_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* More than this does not fit the result of KVMFR_IOC_SIZE in every program: MiB. */
#define KVMFR_MAX_MIB 1024
#define KVMFR_MAX_DEVICES 10

/* In kvmfr_dmabuf.flags: the new descriptor is closed by exec. Other bits mean nothing. */
#define KVMFR_DMABUF_CLOEXEC 0x1

/* Offset and size are in bytes, both whole pages, inside the device; size is not 0. */
struct kvmfr_dmabuf {
	__u8 flags;
	__u8 unused[7];
	__aligned_u64 offset;
	__aligned_u64 size;
};

/* Returns the size of the device in bytes. */
#define KVMFR_IOC_SIZE _IO('u', 0x44)

/*
 * Returns a new dma-buf descriptor of a part of the device. The node must be open for reading and
 * writing.
 */
#define KVMFR_IOC_DMABUF _IOW('u', 0x42, struct kvmfr_dmabuf)

#endif
