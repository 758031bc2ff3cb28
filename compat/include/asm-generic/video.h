/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.10. */
#ifdef HAVE_VIDEO_HEADER
#include_next <asm-generic/video.h>
#else
#ifndef NGV_COMPAT_ASM_GENERIC_VIDEO_H
#define NGV_COMPAT_ASM_GENERIC_VIDEO_H

#include <linux/types.h>

struct device;

/* As in newer kernels, for a file that does not include the architecture's <asm/video.h> */
static inline bool video_is_primary_device(struct device *dev)
{
	return false;
}

#endif
#endif
