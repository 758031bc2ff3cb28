// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is there a way back from drm_atomic_helper_prepare_planes() before the swap?
// Since: v6.7
// Export: drm_atomic_helper_unprepare_planes
#include <drm/drm_atomic_helper.h>

void probe(struct drm_device *dev, struct drm_atomic_state *state);
void probe(struct drm_device *dev, struct drm_atomic_state *state)
{
	drm_atomic_helper_unprepare_planes(dev, state);
}
