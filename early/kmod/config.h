/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration libkmod is compiled with, in place of the one its own build would make.
 * It knows what any libc of the last years offers on Linux. It must not know our code.
 * No decompressor: a kernel with compressed modules opens them itself, others get plain ones in
 * the image.
 */
#ifndef VFIO_EARLY_KMOD_CONFIG_H
#define VFIO_EARLY_KMOD_CONFIG_H

#define _GNU_SOURCE 1

#define ENABLE_LOGGING 0 /* nobody reads it in an initramfs; 7 kB */
#define ENABLE_DEBUG 0
#define ENABLE_ELFDBG 0
#define ENABLE_OPENSSL 0
#define ENABLE_XZ 0
#define ENABLE_ZLIB 0
#define ENABLE_ZSTD 0

#define PACKAGE "kmod"
#define VERSION "34.2"
#define SYSCONFDIR "/etc"
#define DISTCONFDIR "/usr/lib"
#define MODULE_DIRECTORY "/lib/modules"

#define HAVE_NORETURN 1
#define HAVE_SECURE_GETENV 1
#define HAVE_STATIC_ASSERT 1
#define HAVE_STRUCT_STAT_ST_MTIM 1
#define HAVE___BUILTIN_UADD_OVERFLOW 1
#define HAVE___BUILTIN_UADDL_OVERFLOW 1
#define HAVE___BUILTIN_UADDLL_OVERFLOW 1
#define HAVE___BUILTIN_UMUL_OVERFLOW 1
#define HAVE___BUILTIN_UMULL_OVERFLOW 1
#define HAVE___BUILTIN_UMULLL_OVERFLOW 1

/*
 * libkmod wants a basename() that does not touch its argument. Some libcs declare it, some do not,
 * and musl's is the other one. Its own fallback, under a name no libc has, is right everywhere.
 */
#include <string.h>
#define HAVE_DECL_BASENAME 0
#define basename kmod_basename

#endif
