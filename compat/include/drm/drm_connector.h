/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Unnecessary from 6.3, where drm_mode_create_tv_properties() is for the standard TV
 * norms, and the function for the driver's own norms got the suffix _legacy.
 */
#ifndef NGV_COMPAT_DRM_CONNECTOR_H
#define NGV_COMPAT_DRM_CONNECTOR_H

#include_next <drm/drm_connector.h>

#ifndef HAVE_DRM_MODE_CREATE_TV_PROPERTIES_LEGACY
#define drm_mode_create_tv_properties_legacy drm_mode_create_tv_properties
#endif

#endif
