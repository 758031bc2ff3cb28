/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from 6.3, which renamed the property of the driver's own TV norms. */
#ifndef NGV_COMPAT_DRM_MODE_CONFIG_H
#define NGV_COMPAT_DRM_MODE_CONFIG_H

#include_next <drm/drm_mode_config.h>

#ifndef HAVE_DRM_MODE_CREATE_TV_PROPERTIES_LEGACY
#define legacy_tv_mode_property tv_mode_property
#endif

#endif
