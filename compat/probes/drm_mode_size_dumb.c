// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is there a helper that sizes dumb buffers, drm_mode_size_dumb()?
// Since: v6.19
// Export: drm_mode_size_dumb
#include <drm/drm_dumb_buffers.h>

int probe(struct drm_device *dev, struct drm_mode_create_dumb *args);
int probe(struct drm_device *dev, struct drm_mode_create_dumb *args)
{
	return drm_mode_size_dumb(dev, args, 256, 0);
}
