// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is there a drm_printer for one debug category, drm_dbg_printer()?
// Since: v6.9 9fd6f61a297e ("drm/print: add drm_dbg_printer() for drm device specific printer")
// Absent: drm_dbg_printer
#include <drm/drm_print.h>

struct drm_device;
void probe(struct drm_device *drm);
void probe(struct drm_device *drm)
{
	struct drm_printer p = drm_dbg_printer(drm, DRM_UT_DRIVER, "probe");

	drm_printf(&p, "%d\n", 1);
}
