// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is the state of an atomic commit a struct drm_atomic_commit?
// Since: v7.2 or before; older kernels call it struct drm_atomic_state
#include <drm/drm_atomic.h>

#ifndef NGV_OTHERWISE
struct drm_device *probe(struct drm_atomic_commit *state);
struct drm_device *probe(struct drm_atomic_commit *state)
{
	drm_atomic_commit_put(state);
	return state->dev;
}
#else
int probe(struct drm_atomic_state *state);
int probe(struct drm_atomic_state *state)
{
	drm_atomic_state_put(state);
	return drm_atomic_commit(state);
}
#endif
