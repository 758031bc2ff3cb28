// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: May a struct drm_driver be const?
// Since: v5.11
#include <drm/drm_drv.h>

extern struct drm_device *(*probe)(const struct drm_driver *driver, struct device *parent);
struct drm_device *(*probe)(const struct drm_driver *driver, struct device *parent) =
	drm_dev_alloc;
