/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from 6.7, which has drm_atomic_helper_unprepare_planes(). */
#ifndef NGV_COMPAT_DRM_ATOMIC_HELPER_H
#define NGV_COMPAT_DRM_ATOMIC_HELPER_H

#include_next <drm/drm_atomic_helper.h>

#ifndef HAVE_DRM_ATOMIC_HELPER_UNPREPARE_PLANES
/*
 * In older kernels drm_atomic_helper_cleanup_planes() does this too: before the swap it
 * cleans up the new states, after the swap the old ones.
 */
#define drm_atomic_helper_unprepare_planes drm_atomic_helper_cleanup_planes
#endif

#endif
