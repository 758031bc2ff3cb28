// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Have the driver-defined TV norms made room for the standard ones?
// Since: v6.3
// Export: drm_mode_create_tv_properties_legacy
#include <drm/drm_connector.h>
#include <drm/drm_device.h>

struct drm_property *probe(struct drm_device *dev, const char *const norms[]);
struct drm_property *probe(struct drm_device *dev, const char *const norms[])
{
	drm_mode_create_tv_properties_legacy(dev, 1, norms);
	return dev->mode_config.legacy_tv_mode_property;
}
