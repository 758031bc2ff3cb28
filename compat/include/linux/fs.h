/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.12, where unsigned offsets are the file operations' matter. */
#ifndef NGV_COMPAT_LINUX_FS_H
#define NGV_COMPAT_LINUX_FS_H

#include_next <linux/fs.h>

#ifdef HAVE_FILE_OPERATIONS_FOP_FLAGS
#define FILE_OPERATIONS_UNSIGNED_OFFSET	.fop_flags = FOP_UNSIGNED_OFFSET
#else
/*
 * The DRM core marks each file that it opens as one with unsigned offsets; the
 * driver has nothing to say.  An entry that keeps the default says it.
 */
#define FILE_OPERATIONS_UNSIGNED_OFFSET	.flush = NULL
#endif

#endif
