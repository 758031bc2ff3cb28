/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Unnecessary from 6.15.  Before 6.12, drm_fb_helper.h has enum mode_set_atomic; planes
 * show panics since 6.10.
 */
#ifndef NGV_COMPAT_DRM_MODESET_HELPER_VTABLES_H
#define NGV_COMPAT_DRM_MODESET_HELPER_VTABLES_H

#include_next <drm/drm_modeset_helper_vtables.h>

#ifndef HAVE_MODE_SET_ATOMIC_VTABLES
#include <drm/drm_fb_helper.h>
#endif

/* The mode that a connector's mode_valid() checks */
#ifdef HAVE_CONNECTOR_MODE_VALID_CONST
#define drm_connector_checked_mode	const struct drm_display_mode
#else
#define drm_connector_checked_mode	struct drm_display_mode
#endif

/*
 * The entry of a &struct drm_plane_helper_funcs for panics.  Without it, name the
 * function in another entry with its default value, so that the compiler does not warn
 * of an unused function.
 */
#ifdef HAVE_DRM_PANIC
#define DRM_PLANE_GET_SCANOUT_BUFFER(fn)	.get_scanout_buffer = (fn)
#else
#define DRM_PLANE_GET_SCANOUT_BUFFER(fn)	\
	.atomic_async_update = (void *)!sizeof(typeof(fn) *)
#endif

#endif
