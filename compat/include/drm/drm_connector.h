/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * 6.3 gave drm_mode_create_tv_properties() to the standard TV norms and added
 * _legacy to the name of the one that takes the driver's own.
 */
#ifndef NGV_COMPAT_DRM_CONNECTOR_H
#define NGV_COMPAT_DRM_CONNECTOR_H

#include_next <drm/drm_connector.h>

#ifndef HAVE_DRM_MODE_CREATE_TV_PROPERTIES_LEGACY
#define drm_mode_create_tv_properties_legacy drm_mode_create_tv_properties
#endif

#endif
