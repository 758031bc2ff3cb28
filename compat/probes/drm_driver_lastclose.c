// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does the core still call the driver when the last file is closed?
// Since: v2.6; gone in v6.12, where the core runs delayed vga_switcheroo
// switches itself
#include <drm/drm_drv.h>

void probe(struct drm_driver *driver, void (*lastclose)(struct drm_device *dev));
void probe(struct drm_driver *driver, void (*lastclose)(struct drm_device *dev))
{
	driver->lastclose = lastclose;
}
