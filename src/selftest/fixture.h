/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef NGV_FIXTURE_H
#define NGV_FIXTURE_H

#include <linux/atomic.h>
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>

#include <drm/drm_device.h>
#include <drm/drm_gem.h>

#include "ktap.h"

/**
 * struct fixture - fixture for cases with DRM objects
 * @t: the case
 * @drm: an unregistered device with GEM, without hardware
 * @fail_in: fixture_should_fail() fails an allocation when this is 0; negative: never
 * @objects: number of GEM objects that are not freed
 * @fences: number of fences that are not freed
 *
 * A suite's init calls fixture_init(), which stores the fixture in &ktap.priv.  The
 * case fails if a reference to an object, a fence or the device is left at its end: the
 * code under test has leaked it.
 */
struct fixture {
	struct ktap *t;
	struct drm_device *drm;
	atomic_t fail_in;
	atomic_t objects;
	atomic_t fences;
	/* private: */
	struct device *parent;
};

/**
 * struct fixture_gem - a GEM object without memory
 * @base: the object
 * @fx: the fixture that counts the object
 * @priv: for the case
 */
struct fixture_gem {
	struct drm_gem_object base;
	struct fixture *fx;
	void *priv;
};

/**
 * to_fixture_gem - gets the &struct fixture_gem of a GEM object
 * @obj: the GEM object, of fixture_gem_new()
 *
 * Return: the structure that contains @obj.
 */
static inline struct fixture_gem *to_fixture_gem(struct drm_gem_object *obj)
{
	return container_of(obj, struct fixture_gem, base);
}

/**
 * fixture_has_room - checks whether room for fences was ever reserved
 * @obj: the object
 *
 * Return: true if its reservation has memory for fences.
 */
static inline bool fixture_has_room(struct drm_gem_object *obj)
{
#ifdef HAVE_DMA_RESV_USAGE
	return rcu_access_pointer(obj->resv->fences);
#else
	return rcu_access_pointer(obj->resv->fence);
#endif
}

void fixture_init(struct ktap *t);

struct drm_gem_object *fixture_gem_new(struct fixture *fx, size_t size);
struct drm_gem_object *fixture_gem(struct fixture *fx, size_t size);
void fixture_gems(struct fixture *fx, struct drm_gem_object **objs,
		  unsigned int count);

struct dma_fence *fixture_fence_new(struct fixture *fx, u64 context, u64 seqno);
struct dma_fence *fixture_fence(struct fixture *fx, u64 context, u64 seqno);

bool fixture_should_fail(struct fixture *fx);

#endif
