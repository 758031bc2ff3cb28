/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Unnecessary from 6.13, where the fbdev emulation for TTM drivers is a callback of
 * struct drm_driver, which DRM_FBDEV_TTM_DRIVER_OPS sets.  Older kernels have a call at
 * probe time, see drm_client_setup.h; the macro then sets the other callbacks for the
 * console.
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
 * ngv_fbdev_announce - tells vga_switcheroo which framebuffer a GPU has
 * @dev: the device
 *
 * In mainline 6.12 fbcon makes this call.  In these kernels the driver must, or the
 * console stays on the GPU that was switched off.
 *
 * Context: process; takes the lock of vga_switcheroo.
 */
static inline void ngv_fbdev_announce(struct drm_device *dev)
{
	struct fb_info *info = NULL;
	int idx;

	/* The kernel removes the framebuffer only after an unplug. */
	if (!dev_is_pci(dev->dev) || !drm_dev_enter(dev, &idx))
		return;
	if (dev->fb_helper)
		info = dev->fb_helper->fbdev;
	if (info)
		vga_switcheroo_client_fb_set(to_pci_dev(dev->dev), info);
	drm_dev_exit(idx);
}

/**
 * ngv_fbdev_lastclose - carries out a delayed GPU switch
 * @dev: the device
 *
 * Mainline 6.12 does this in the core.  The console may have started after the probe,
 * when a display was plugged in, so tell vga_switcheroo before the switch.  The core
 * restores the console.
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
