// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is the fbdev emulation for TTM drivers a callback of struct drm_driver?
// Since: v6.13
#include <drm/drm_drv.h>
#include <drm/drm_fbdev_ttm.h>

extern const struct drm_driver probe;
const struct drm_driver probe = {
	DRM_FBDEV_TTM_DRIVER_OPS,
};
