/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.19. */
#ifndef NGV_COMPAT_DRM_DUMB_BUFFERS_H
#define NGV_COMPAT_DRM_DUMB_BUFFERS_H

#ifdef HAVE_DRM_MODE_SIZE_DUMB
#include_next <drm/drm_dumb_buffers.h>
#else

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/overflow.h>

#include <drm/drm_mode.h>

struct drm_device;

/**
 * drm_mode_size_dumb() - sizes a dumb buffer
 * @dev: the device
 * @args: has width, height and bpp; the function sets pitch and size
 * @pitch_align: what the pitch is a multiple of, in bytes, or 0
 * @size_align: what the size is a multiple of, in bytes, or 0 for a page
 *
 * A pixel takes whole bytes here.  Mainline packs those of less than a byte.
 *
 * Return: 0, or -EINVAL if a value does not fit 32 bits.
 */
static inline int drm_mode_size_dumb(struct drm_device *dev, struct drm_mode_create_dumb *args,
				     unsigned long pitch_align, unsigned long size_align)
{
	u64 pitch = (u64)args->width * DIV_ROUND_UP(args->bpp, 8);
	u64 size;

	pitch = roundup(pitch, pitch_align ?: 1);
	if (!pitch || pitch > U32_MAX)
		return -EINVAL;
	size = pitch * args->height;
	if (!size || size > U32_MAX)
		return -EINVAL;
	size = roundup(size, size_align ?: PAGE_SIZE);
	if (size > U32_MAX)
		return -EINVAL;

	args->pitch = pitch;
	args->size = size;
	return 0;
}
#endif

#endif
