// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// A DRM device, GEM objects and fences without hardware

#include <linux/delay.h>
#include <linux/device.h>
#include <linux/jiffies.h>

#include <drm/drm_drv.h>
#include <drm/drm_gem.h>

#include "fixture.h"

static const struct drm_driver fixture_driver = {
	.driver_features = DRIVER_GEM,
	.name = "ngv-selftest",
	.desc = "device without hardware",
};

static void fixture_release(void *arg)
{
	struct fixture *fx = arg;

	unsigned long end = jiffies + HZ;
	bool clean = true;

	/* An interrupt or an RCU callback may drop the last reference. */
	while ((atomic_read(&fx->objects) || atomic_read(&fx->fences) ||
		kref_read(&fx->drm->ref) != 1) && time_before(jiffies, end))
		usleep_range(100, 500);
	clean &= ktap_expect_eq(fx->t, atomic_read(&fx->objects), 0);
	clean &= ktap_expect_eq(fx->t, atomic_read(&fx->fences), 0);
	clean &= ktap_expect_eq(fx->t, kref_read(&fx->drm->ref), 1);
	/* Free the name for the next case; the device itself has references. */
	root_device_unregister(fx->parent);
	/* Leak the fixture if another thread may still use it. */
	if (!clean)
		return;
	drm_dev_put(fx->drm);
	kfree(fx);
}

/**
 * fixture_init - creates a device and stores the fixture in &ktap.priv
 * @t: the case
 *
 * Can be used as &ktap_suite.init.  Without a device the function fails the case and
 * does not return.
 *
 * Context: the case's own thread.
 */
void fixture_init(struct ktap *t)
{
	struct fixture *fx = kzalloc(sizeof(*fx), GFP_KERNEL);

	ktap_assert_ptr(t, fx);
	fx->t = t;
	atomic_set(&fx->fail_in, -1);
	fx->parent = root_device_register(fixture_driver.name);
	if (IS_ERR(fx->parent)) {
		ktap_fail(t, "no parent device: %ld", PTR_ERR(fx->parent));
		kfree(fx);
		ktap_abort();
	}
	fx->drm = drm_dev_alloc(&fixture_driver, fx->parent);
	if (IS_ERR(fx->drm)) {
		ktap_fail(t, "no DRM device: %ld", PTR_ERR(fx->drm));
		root_device_unregister(fx->parent);
		kfree(fx);
		ktap_abort();
	}
	t->priv = fx;
	ktap_defer(t, fixture_release, fx);
}

static void fixture_gem_free(struct drm_gem_object *obj)
{
	struct fixture_gem *gem = to_fixture_gem(obj);

	drm_gem_object_release(obj);
	atomic_dec(&gem->fx->objects);
	kfree(gem);
}

static const struct drm_gem_object_funcs fixture_gem_funcs = {
	.free = fixture_gem_free,
};

/**
 * fixture_gem_new - allocates a GEM object, which the caller owns
 * @fx: the fixture
 * @size: bytes, a multiple of the page size
 *
 * Context: a thread of the case, without locks.
 * Return: the object with one reference.  Without memory the function fails the case
 * and does not return.
 */
struct drm_gem_object *fixture_gem_new(struct fixture *fx, size_t size)
{
	struct fixture_gem *gem = kzalloc(sizeof(*gem), GFP_KERNEL);

	ktap_assert_ptr(fx->t, gem);
	gem->fx = fx;
	gem->base.funcs = &fixture_gem_funcs;
	drm_gem_private_object_init(fx->drm, &gem->base, size);
	atomic_inc(&fx->objects);
	return &gem->base;
}

static void fixture_gem_put(void *arg)
{
	drm_gem_object_put(arg);
}

/**
 * fixture_gem - allocates a GEM object, which the fixture puts after the case
 * @fx: the fixture
 * @size: bytes, a multiple of the page size
 *
 * Context: a thread of the case, without locks.
 * Return: the object.  Without memory the function fails the case and does not return.
 */
struct drm_gem_object *fixture_gem(struct fixture *fx, size_t size)
{
	struct drm_gem_object *obj = fixture_gem_new(fx, size);

	ktap_defer(fx->t, fixture_gem_put, obj);
	return obj;
}

/**
 * fixture_gems - fills an array with GEM objects of one page
 * @fx: the fixture, which puts the objects after the case
 * @objs: the array
 * @count: length of the array
 *
 * Context: a thread of the case, without locks.
 */
void fixture_gems(struct fixture *fx, struct drm_gem_object **objs,
		  unsigned int count)
{
	while (count--)
		*objs++ = fixture_gem(fx, PAGE_SIZE);
}

struct fixture_fence {
	struct dma_fence base;
	/* for dma_fence_init() */
	spinlock_t lock;
	struct fixture *fx;
};

static const char *fixture_fence_driver(struct dma_fence *fence)
{
	return fixture_driver.name;
}

static const char *fixture_fence_timeline(struct dma_fence *fence)
{
	return "test";
}

static void fixture_fence_release(struct dma_fence *fence)
{
	struct fixture_fence *mine = container_of(fence, struct fixture_fence, base);

	atomic_dec(&mine->fx->fences);
	/* Readers of a dma-resv may use the fence until the grace period ends. */
	dma_fence_free(fence);
}

static const struct dma_fence_ops fixture_fence_ops = {
	.get_driver_name = fixture_fence_driver,
	.get_timeline_name = fixture_fence_timeline,
	.release = fixture_fence_release,
};

/**
 * fixture_fence_new - allocates a fence, which the caller owns
 * @fx: the fixture
 * @context: timeline, from dma_fence_context_alloc()
 * @seqno: position on the timeline
 *
 * Only dma_fence_signal() signals the fence.
 *
 * Context: a thread of the case, without locks.
 * Return: the fence with one reference.  Without memory the function fails the case and
 * does not return.
 */
struct dma_fence *fixture_fence_new(struct fixture *fx, u64 context, u64 seqno)
{
	struct fixture_fence *fence = kzalloc(sizeof(*fence), GFP_KERNEL);

	ktap_assert_ptr(fx->t, fence);
	/* dma_fence_free() passes the address of the dma_fence to kfree_rcu(). */
	BUILD_BUG_ON(offsetof(struct fixture_fence, base));
	fence->fx = fx;
	spin_lock_init(&fence->lock);
	dma_fence_init(&fence->base, &fixture_fence_ops, &fence->lock, context,
		       seqno);
	atomic_inc(&fx->fences);
	return &fence->base;
}

static void fixture_fence_done(void *arg)
{
	struct dma_fence *fence = arg;

	/* A fence must be signalled before it is freed, and no waiter may hang. */
	if (!dma_fence_is_signaled(fence))
		dma_fence_signal(fence);
	dma_fence_put(fence);
}

/**
 * fixture_fence - allocates a fence, which the fixture signals and puts after the case
 * @fx: the fixture
 * @context: timeline, from dma_fence_context_alloc()
 * @seqno: position on the timeline
 *
 * Context: a thread of the case, without locks.
 * Return: the fence.  Without memory the function fails the case and does not return.
 */
struct dma_fence *fixture_fence(struct fixture *fx, u64 context, u64 seqno)
{
	struct dma_fence *fence = fixture_fence_new(fx, context, seqno);

	ktap_defer(fx->t, fixture_fence_done, fence);
	return fence;
}

/**
 * fixture_should_fail - checks whether this allocation must fail
 * @fx: the fixture
 *
 * For allocation callbacks of a case: with &fixture.fail_in 0 the next call fails, with
 * 1 the one after it, and so on.  Later calls succeed again.
 *
 * Context: any.
 * Return: true once.
 */
bool fixture_should_fail(struct fixture *fx)
{
	return atomic_read(&fx->fail_in) >= 0 &&
	       atomic_dec_return(&fx->fail_in) == -1;
}
