// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Have connectors that appear later an init function of their own?
// Since: v6.14
// Export: drm_connector_dynamic_init
// Absent: drm_connector_dynamic_init
#include <drm/drm_connector.h>

int probe(struct drm_device *dev, struct drm_connector *connector,
	  const struct drm_connector_funcs *funcs);
int probe(struct drm_device *dev, struct drm_connector *connector,
	  const struct drm_connector_funcs *funcs)
{
	return drm_connector_dynamic_init(dev, connector, funcs, 0, NULL);
}
