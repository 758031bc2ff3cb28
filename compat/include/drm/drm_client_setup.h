/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* drm_client_setup() came with 6.13. */
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
 * drm_client_setup - give a device its framebuffer console
 * @dev: a registered device
 * @format: preferred pixel format, or NULL for the device's preferred depth
 *
 * The fbdev emulation of these kernels takes bits per pixel. It must not choose
 * them from the preferred depth itself: it would take depth 24 for packed
 * 24 bit pixels, which hardly any hardware scans out.
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
