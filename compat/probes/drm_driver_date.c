// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Has a driver a date, which DRM_IOCTL_VERSION returns?
// Since: v2.6; gone in v6.14
#include <drm/drm_drv.h>

extern const struct drm_driver probe;
const struct drm_driver probe = {
	.date = "20120801",
};
