/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from 6.12.  Before, drm_fb_helper.h has enum mode_set_atomic. */
#ifndef NGV_COMPAT_DRM_MODESET_HELPER_VTABLES_H
#define NGV_COMPAT_DRM_MODESET_HELPER_VTABLES_H

#include_next <drm/drm_modeset_helper_vtables.h>

#ifndef HAVE_MODE_SET_ATOMIC_VTABLES
#include <drm/drm_fb_helper.h>
#endif

#endif
