/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.12, where the file operations have a flag for unsigned offsets. */
#ifndef NGV_COMPAT_LINUX_FS_H
#define NGV_COMPAT_LINUX_FS_H

#include_next <linux/fs.h>

#ifdef HAVE_FILE_OPERATIONS_FOP_FLAGS
#define FILE_OPERATIONS_UNSIGNED_OFFSET	.fop_flags = FOP_UNSIGNED_OFFSET
#else
/*
 * The DRM core of older kernels sets unsigned offsets for each file that it opens.  The
 * driver sets nothing, so use an entry with its default value.
 */
#define FILE_OPERATIONS_UNSIGNED_OFFSET	.flush = NULL
#endif

#endif
