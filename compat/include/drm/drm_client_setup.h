/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from 6.13, which has drm_client_setup(). */
#ifndef NGV_COMPAT_DRM_CLIENT_SETUP_H
#define NGV_COMPAT_DRM_CLIENT_SETUP_H

#ifdef HAVE_DRM_CLIENT_SETUP
#include_next <drm/drm_client_setup.h>
#else

#include <drm/drm_device.h>
#include <drm/drm_fb_helper.h>
#include <drm/drm_fbdev_ttm.h>
#include <drm/drm_fourcc.h>

/**
 * drm_client_setup - set up the framebuffer console of a device
 * @dev: a registered device
 * @format: preferred pixel format, or NULL for the device's preferred depth
 *
 * The fbdev emulation of these kernels takes the bits per pixel.  If it chose them from
 * the preferred depth, depth 24 would give packed 24-bit pixels, which hardly any
 * hardware can scan out.
 *
 * Context: process, the device's probe.
 */
static inline void drm_client_setup(struct drm_device *dev,
				    const struct drm_format_info *format)
{
	unsigned int bpp = dev->mode_config.preferred_depth;

	if (format)
		bpp = drm_format_info_bpp(format, 0);
	else if (!bpp || bpp == 24)
		bpp = 32;

	drm_fbdev_generic_setup(dev, bpp);
	ngv_fbdev_announce(dev);
}

#endif
#endif
