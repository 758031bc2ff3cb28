// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// The part of world.h that is not inline, and what makes an implementation a
// module, which gives it away by a function called BENCH_IMPL.

#include <linux/device.h>
#include <linux/err.h>
#include <linux/module.h>

#include <drm/drm_drv.h>

#include "bench.h"
#include "impls.h"
#include "world.h"

static struct device *parent;
static struct drm_device *drm;

static const struct drm_driver driver = {
	.driver_features = DRIVER_GEM,
	.name = KBUILD_MODNAME,
	.desc = "device without hardware",
};

struct drm_device *bench_device(void)
{
	return drm;
}

const struct bench_impl *BENCH_IMPL(void)
{
	return &bench_impl;
}
EXPORT_SYMBOL_GPL(BENCH_IMPL);

static int __init bench_world_init(void)
{
	parent = root_device_register(KBUILD_MODNAME);
	if (IS_ERR(parent))
		return PTR_ERR(parent);
	drm = drm_dev_alloc(&driver, parent);
	if (IS_ERR(drm)) {
		root_device_unregister(parent);
		return PTR_ERR(drm);
	}
	return 0;
}
module_init(bench_world_init);

static void __exit bench_world_exit(void)
{
	drm_dev_put(drm);
	root_device_unregister(parent);
}
module_exit(bench_world_exit);

MODULE_DESCRIPTION("An implementation of GPUVM, for the benchmark");
MODULE_LICENSE("Dual MIT/GPL");
