// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does the kernel choose the in-kernel clients itself, fbdev among them?
// Since: v6.13
// Export: drm_client_setup
#include <drm/drm_client_setup.h>
#include <drm/drm_fourcc.h>

void probe(struct drm_device *dev);
void probe(struct drm_device *dev)
{
	drm_client_setup(dev, drm_format_info(DRM_FORMAT_C8));
}
