/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.10, which can show a panic on a plane. */
#ifndef NGV_COMPAT_DRM_PANIC_H
#define NGV_COMPAT_DRM_PANIC_H

#ifdef HAVE_DRM_PANIC
#include_next <drm/drm_panic.h>
#else

#include <linux/iosys-map.h>

#include <drm/drm_fourcc.h>

/*
 * Nothing calls a get_scanout_buffer() in these kernels; the structure lets a driver's
 * function compile.
 */
struct drm_scanout_buffer {
	const struct drm_format_info *format;
	struct iosys_map map[DRM_FORMAT_MAX_PLANES];
	unsigned int width;
	unsigned int height;
	unsigned int pitch[DRM_FORMAT_MAX_PLANES];
	void (*set_pixel)(struct drm_scanout_buffer *sb, unsigned int x, unsigned int y,
			  u32 color);
};
#endif

#endif
