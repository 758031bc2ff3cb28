// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// A DRM device, GEM objects and fences that need no hardware.

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

	/* The last reference may be dropped by an interrupt or after RCU. */
	while ((atomic_read(&fx->objects) || atomic_read(&fx->fences) ||
		kref_read(&fx->drm->ref) != 1) && time_before(jiffies, end))
		usleep_range(100, 500);
	clean &= ktap_expect_eq(fx->t, atomic_read(&fx->objects), 0);
	clean &= ktap_expect_eq(fx->t, atomic_read(&fx->fences), 0);
	clean &= ktap_expect_eq(fx->t, kref_read(&fx->drm->ref), 1);
	/* The next case needs the name; the device itself has references. */
	root_device_unregister(fx->parent);
	/* Better leak what someone may still use. */
	if (!clean)
		return;
	drm_dev_put(fx->drm);
	kfree(fx);
}

/**
 * fixture_init - sets up a device and puts the fixture into &ktap.priv
 * @t: the case
 *
 * Has the signature of &ktap_suite.init and can be it. Fails the case and does
 * not return if there is no device.
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
 * fixture_gem_new - makes a GEM object, owned by the caller
 * @fx: the fixture
 * @size: bytes, a multiple of the page size
 *
 * Context: a thread of the case, without locks.
 * Return: the object, with one reference; without memory it does not return but
 * fails the case.
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
 * fixture_gem - makes a GEM object that the fixture gives up after the case
 * @fx: the fixture
 * @size: bytes, a multiple of the page size
 *
 * Context: a thread of the case, without locks.
 * Return: the object; without memory it does not return but fails the case.
 */
struct drm_gem_object *fixture_gem(struct fixture *fx, size_t size)
{
	struct drm_gem_object *obj = fixture_gem_new(fx, size);

	ktap_defer(fx->t, fixture_gem_put, obj);
	return obj;
}

/**
 * fixture_gems - fills an array with GEM objects of one page
 * @fx: the fixture, which gives them up after the case
 * @objs: the array
 * @count: its length
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
	/* dma_fence's own, given to dma_fence_init(). */
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
	/* Readers of a dma-resv may look at it until the grace period is over. */
	dma_fence_free(fence);
}

static const struct dma_fence_ops fixture_fence_ops = {
	.get_driver_name = fixture_fence_driver,
	.get_timeline_name = fixture_fence_timeline,
	.release = fixture_fence_release,
};

/**
 * fixture_fence_new - makes a fence, owned by the caller
 * @fx: the fixture
 * @context: timeline, from dma_fence_context_alloc()
 * @seqno: place on the timeline
 *
 * The fence is signalled by dma_fence_signal() alone.
 *
 * Context: a thread of the case, without locks.
 * Return: the fence, with one reference; without memory it does not return but
 * fails the case.
 */
struct dma_fence *fixture_fence_new(struct fixture *fx, u64 context, u64 seqno)
{
	struct fixture_fence *fence = kzalloc(sizeof(*fence), GFP_KERNEL);

	ktap_assert_ptr(fx->t, fence);
	/* dma_fence_free() hands the fence's own address to kfree_rcu(). */
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

	/* Nobody may be left waiting, and no fence may die unsignalled. */
	if (!dma_fence_is_signaled(fence))
		dma_fence_signal(fence);
	dma_fence_put(fence);
}

/**
 * fixture_fence - makes a fence that the fixture signals and gives up at the end
 * @fx: the fixture
 * @context: timeline, from dma_fence_context_alloc()
 * @seqno: place on the timeline
 *
 * Context: a thread of the case, without locks.
 * Return: the fence; without memory it does not return but fails the case.
 */
struct dma_fence *fixture_fence(struct fixture *fx, u64 context, u64 seqno)
{
	struct dma_fence *fence = fixture_fence_new(fx, context, seqno);

	ktap_defer(fx->t, fixture_fence_done, fence);
	return fence;
}

/**
 * fixture_should_fail - whether this allocation is the one to fail
 * @fx: the fixture
 *
 * For allocation callbacks a case hands to the code under test: set
 * &fixture.fail_in to 0 to have the next call fail, to 1 for the one after, and
 * so on. Later calls succeed again.
 *
 * Context: any.
 * Return: true once.
 */
bool fixture_should_fail(struct fixture *fx)
{
	return atomic_read(&fx->fail_in) >= 0 &&
	       atomic_dec_return(&fx->fail_in) == -1;
}
