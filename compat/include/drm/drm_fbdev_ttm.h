/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * 6.13 made the fbdev emulation for TTM drivers a callback in struct drm_driver,
 * which DRM_FBDEV_TTM_DRIVER_OPS sets. Where it is a call at probe time, see
 * drm_client_setup.h, the macro sets what goes with the console in that kernel.
 */
#ifndef NGV_COMPAT_DRM_FBDEV_TTM_H
#define NGV_COMPAT_DRM_FBDEV_TTM_H

#ifdef HAVE_DRM_FBDEV_TTM_DRIVER_OPS
#include_next <drm/drm_fbdev_ttm.h>
#else

#include <linux/pci.h>
#include <linux/vga_switcheroo.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_fb_helper.h>

/**
 * ngv_fbdev_announce - tell vga_switcheroo which framebuffer a GPU has
 * @dev: the device
 *
 * In mainline 6.12 fbcon does it; here it is the driver's duty, or the console
 * stays on the GPU that was switched away from.
 *
 * Context: process; takes the lock of vga_switcheroo.
 */
static inline void ngv_fbdev_announce(struct drm_device *dev)
{
	struct fb_info *info = NULL;
	int idx;

	/* The framebuffer is taken down only after an unplug. */
	if (!dev_is_pci(dev->dev) || !drm_dev_enter(dev, &idx))
		return;
	if (dev->fb_helper)
		info = dev->fb_helper->fbdev;
	if (info)
		vga_switcheroo_client_fb_set(to_pci_dev(dev->dev), info);
	drm_dev_exit(idx);
}

/**
 * ngv_fbdev_lastclose - carry out a GPU switch that waited for the device
 * @dev: the device
 *
 * Mainline 6.12 does this in the core. The console may have come up after probe,
 * when a display was plugged in: announce it before it is switched to. The core
 * restores the console itself.
 *
 * Context: process, &drm_driver.lastclose.
 */
static inline void ngv_fbdev_lastclose(struct drm_device *dev)
{
	ngv_fbdev_announce(dev);
	vga_switcheroo_process_delayed_switch();
}

#ifdef HAVE_DRM_DRIVER_LASTCLOSE
#define DRM_FBDEV_TTM_DRIVER_OPS \
	.lastclose = ngv_fbdev_lastclose
#else
#error "no fbdev emulation that we know; add the way this kernel has to compat"
#endif

#endif
#endif
