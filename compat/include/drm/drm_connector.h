/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Unnecessary from 6.14, which has drm_connector_dynamic_init(); from 6.3 on
 * drm_mode_create_tv_properties() is for the standard TV norms, and the function for the
 * driver's own norms has the suffix _legacy.
 */
#ifndef NGV_COMPAT_DRM_CONNECTOR_H
#define NGV_COMPAT_DRM_CONNECTOR_H

#include_next <drm/drm_connector.h>

#ifndef HAVE_DRM_MODE_CREATE_TV_PROPERTIES_LEGACY
#define drm_mode_create_tv_properties_legacy drm_mode_create_tv_properties
#endif

#ifndef HAVE_DRM_CONNECTOR_DYNAMIC_INIT
/**
 * drm_connector_dynamic_init() - prepares a connector that appears after the device
 * @dev: the device
 * @connector: the connector
 * @funcs: its callbacks
 * @type: DRM_MODE_CONNECTOR_*
 * @ddc: its I2C adapter, or NULL
 *
 * In these kernels the connector is in the lists of the device before it is registered,
 * as connectors always were there.  Process context.
 *
 * Return: 0 or an error.
 */
static inline int drm_connector_dynamic_init(struct drm_device *dev,
					     struct drm_connector *connector,
					     const struct drm_connector_funcs *funcs,
					     int type, struct i2c_adapter *ddc)
{
	return drm_connector_init_with_ddc(dev, connector, funcs, type, ddc);
}
#endif

#endif
