/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* drm_atomic_helper_unprepare_planes() came with 6.7. */
#ifndef NGV_COMPAT_DRM_ATOMIC_HELPER_H
#define NGV_COMPAT_DRM_ATOMIC_HELPER_H

#include_next <drm/drm_atomic_helper.h>

#ifndef HAVE_DRM_ATOMIC_HELPER_UNPREPARE_PLANES
/*
 * Before that drm_atomic_helper_cleanup_planes() served both ends: it cleans up
 * the new states as long as they have not been swapped in, else the old ones.
 */
#define drm_atomic_helper_unprepare_planes drm_atomic_helper_cleanup_planes
#endif

#endif
