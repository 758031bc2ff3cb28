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
 * struct fixture - what a case on DRM objects stands on
 * @t: the case
 * @drm: an unregistered device with GEM, without hardware
 * @fail_in: an allocation hook of the case fails when this reaches 0, see
 *	fixture_should_fail(); negative means never
 * @objects: GEM objects not yet freed
 * @fences: fences not yet freed
 *
 * Made by fixture_init() in a suite's init and found in &ktap.priv. When the
 * case is over, whatever still refers to an object, a fence or the device fails
 * it: a leaked reference is a bug of the code under test.
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
 * struct fixture_gem - a GEM object without memory behind it
 * @base: the object
 * @fx: where it counts
 * @priv: for the case
 */
struct fixture_gem {
	struct drm_gem_object base;
	struct fixture *fx;
	void *priv;
};

/**
 * to_fixture_gem - the object around a GEM object of fixture_gem_new()
 * @obj: the GEM object
 *
 * Return: the outer object.
 */
static inline struct fixture_gem *to_fixture_gem(struct drm_gem_object *obj)
{
	return container_of(obj, struct fixture_gem, base);
}

/**
 * fixture_has_room - whether room for fences was ever reserved
 * @obj: the object
 *
 * Return: whether its reservation has memory for fences.
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
