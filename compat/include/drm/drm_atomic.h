/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Unnecessary from v7.2, where struct drm_atomic_state and its functions have the name
 * of the commit that they describe.
 */
#ifndef NGV_COMPAT_DRM_ATOMIC_H
#define NGV_COMPAT_DRM_ATOMIC_H

#include_next <drm/drm_atomic.h>

#ifndef HAVE_DRM_ATOMIC_COMMIT_STRUCT
/*
 * A structure and a function may have one name.  The macro below renames both, so that
 * there must be a function with the structure's old name.
 */
static inline int drm_atomic_state(struct drm_atomic_state *state)
{
	return drm_atomic_commit(state);
}

#define drm_atomic_commit			drm_atomic_state
#define drm_atomic_commit_alloc			drm_atomic_state_alloc
#define drm_atomic_commit_clear			drm_atomic_state_clear
#define drm_atomic_commit_default_clear		drm_atomic_state_default_clear
#define drm_atomic_commit_default_release	drm_atomic_state_default_release
#define drm_atomic_commit_get			drm_atomic_state_get
#define drm_atomic_commit_init			drm_atomic_state_init
#define drm_atomic_commit_put			drm_atomic_state_put
#endif

#endif
