// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does one call suspend all in-kernel clients, drm_client_dev_suspend()?
// Since: v6.16; v6.13 to v6.15 have a second argument
// Export: drm_client_dev_suspend drm_client_dev_resume
// Absent: drm_client_dev_suspend drm_client_dev_resume
#include <drm/drm_client_event.h>

void probe(struct drm_device *dev);
void probe(struct drm_device *dev)
{
	drm_client_dev_hotplug(dev);
	drm_client_dev_suspend(dev);
	drm_client_dev_resume(dev);
}
