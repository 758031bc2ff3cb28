// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is there a cgroup controller of device memory that takes a struct dmem_cgroup_init?
// Since: v7.3; v6.14 has the controller, with other arguments
// Export: drmm_cgroup_register_region
#include <drm/drm_drv.h>
#include <linux/cgroup_dmem.h>

struct dmem_cgroup_region *probe(struct drm_device *dev);
struct dmem_cgroup_region *probe(struct drm_device *dev)
{
	struct dmem_cgroup_init init = { .size = 1 };

	return dmem_cgroup_below_low(NULL, NULL) ? NULL :
		drmm_cgroup_register_region(dev, "vram", &init);
}
