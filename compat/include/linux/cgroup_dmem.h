/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Unnecessary from v7.3.  Older kernels have no cgroup controller of device memory, or
 * one with other arguments, which we do not use: VRAM is then not accounted.
 */
#ifndef NGV_COMPAT_LINUX_CGROUP_DMEM_H
#define NGV_COMPAT_LINUX_CGROUP_DMEM_H

#ifdef HAVE_DMEM_CGROUP_INIT
#include_next <linux/cgroup_dmem.h>
#else

#include <linux/types.h>

/* It declares drmm_cgroup_register_region(), where the kernel has a controller. */
#include <drm/drm_drv.h>

struct dmem_cgroup_pool_state;
struct dmem_cgroup_region;
struct drm_device;

/* The members that a driver sets */
struct dmem_cgroup_init {
	u64 size;
};

#define drmm_cgroup_register_region	ngv_cgroup_register_region
#define dmem_cgroup_try_charge		ngv_dmem_cgroup_try_charge
#define dmem_cgroup_uncharge		ngv_dmem_cgroup_uncharge
#define dmem_cgroup_state_evict_valuable	ngv_dmem_cgroup_evict_valuable
#define dmem_cgroup_below_min		ngv_dmem_cgroup_below
#define dmem_cgroup_below_low		ngv_dmem_cgroup_below
#define dmem_cgroup_get_common_ancestor	ngv_dmem_cgroup_common_ancestor
#define dmem_cgroup_pool_state_put	ngv_dmem_cgroup_put

/* No region: TTM then charges and asks nothing. */
static inline struct dmem_cgroup_region *
drmm_cgroup_register_region(struct drm_device *dev, const char *name,
			    const struct dmem_cgroup_init *init)
{
	return NULL;
}

static inline int dmem_cgroup_try_charge(struct dmem_cgroup_region *region, u64 size,
					 struct dmem_cgroup_pool_state **pool,
					 struct dmem_cgroup_pool_state **limit)
{
	*pool = NULL;
	if (limit)
		*limit = NULL;
	return 0;
}

static inline void dmem_cgroup_uncharge(struct dmem_cgroup_pool_state *pool, u64 size)
{
}

/* Without limits, each buffer may be evicted and none is protected. */
static inline bool dmem_cgroup_state_evict_valuable(struct dmem_cgroup_pool_state *limit,
						    struct dmem_cgroup_pool_state *test,
						    bool ignore_low, bool *hit_low)
{
	return true;
}

static inline bool dmem_cgroup_below_min(struct dmem_cgroup_pool_state *root,
					 struct dmem_cgroup_pool_state *test)
{
	return false;
}

static inline struct dmem_cgroup_pool_state *
dmem_cgroup_get_common_ancestor(struct dmem_cgroup_pool_state *a,
				struct dmem_cgroup_pool_state *b)
{
	return NULL;
}

static inline void dmem_cgroup_pool_state_put(struct dmem_cgroup_pool_state *pool)
{
}

#endif
#endif
