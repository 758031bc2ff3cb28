// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Tests of drm_exec: ours on kernels without one, else the kernel's own, which must
// behave the same in all cases that are not skipped.

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kconfig.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include <drm/drm_exec.h>

#include "fixture.h"
#include "suites.h"

/* Returns whether @exec holds the lock of @obj. */
static bool holds(struct drm_exec *exec, struct drm_gem_object *obj)
{
	return dma_resv_is_locked(obj->resv) &&
	       dma_resv_locking_ctx(obj->resv) == &exec->ticket;
}

static unsigned int refs(struct drm_gem_object *obj)
{
	return kref_read(&obj->refcount);
}

/*
 * CONFIG_DEBUG_WW_MUTEX_SLOWPATH simulates contention.  The last four bits of a
 * ticket's number select the first lock with simulated contention, and it gets rarer
 * after that.  After this function, the next eight tickets have eight locks without it.
 */
static void no_made_up_contention(void)
{
	struct ww_acquire_ctx ticket;

	do {
		ww_acquire_init(&ticket, &reservation_ww_class);
		ww_acquire_fini(&ticket);
	} while ((ticket.stamp & 0xf) != 7);
}

static unsigned int set_size(struct drm_exec *exec)
{
	struct drm_gem_object *obj;
	unsigned int count = 0;

	drm_exec_for_each_locked_object(exec, obj)
		count++;
	return count;
}

/* Locks objects up to the first error and ignores contention. */
static int lock_some(struct drm_exec *exec, struct drm_gem_object **objs,
		     unsigned int count)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < count && !err; i++)
		err = drm_exec_lock_obj(exec, objs[i]);
	return err;
}

/* Locks objects without contention. */
static int lock_all(struct drm_exec *exec, struct drm_gem_object **objs,
		    unsigned int count)
{
	int err = 0;

	drm_exec_until_all_locked(exec) {
		err = lock_some(exec, objs, count);
		drm_exec_retry_on_contention(exec);
		if (err)
			break;
	}
	return err;
}

static void sanitycheck(struct ktap *t)
{
	struct drm_exec exec;
	unsigned int rounds = 0;

	drm_exec_init(&exec, DRM_EXEC_INTERRUPTIBLE_WAIT, 0);
	ktap_expect_eq(t, set_size(&exec), 0);
	drm_exec_fini(&exec);

	drm_exec_init(&exec, 0, 3);
	drm_exec_until_all_locked(&exec) {
		ktap_expect(t, !drm_exec_is_contended(&exec));
		drm_exec_retry_on_contention(&exec);
		rounds++;
	}
	ktap_expect_eq(t, rounds, 1);
	ktap_expect_eq(t, set_size(&exec), 0);
	drm_exec_fini(&exec);
}

static void lock(struct ktap *t)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	struct drm_exec exec;
	unsigned int rounds = 0;
	int err;

	drm_exec_init(&exec, DRM_EXEC_INTERRUPTIBLE_WAIT, 0);
	drm_exec_until_all_locked(&exec) {
		err = drm_exec_lock_obj(&exec, obj);
		drm_exec_retry_on_contention(&exec);
		ktap_expect_eq(t, err, 0);
		rounds++;
	}
	ktap_expect_eq(t, rounds, 1);
	ktap_expect(t, holds(&exec, obj));
	ktap_expect_eq(t, refs(obj), 2);
	ktap_expect_ptr_eq(t, drm_exec_obj(&exec, 0), obj);
	ktap_expect_ptr_eq(t, drm_exec_obj(&exec, 1), NULL);
	ktap_expect(t, !drm_exec_is_contended(&exec));
	drm_exec_fini(&exec);
	ktap_expect(t, !dma_resv_is_locked(obj->resv));
	ktap_expect_eq(t, refs(obj), 1);
}

static void lock_unlock(struct ktap *t)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	struct drm_exec exec;
	int err;

	drm_exec_init(&exec, DRM_EXEC_INTERRUPTIBLE_WAIT, 0);
	drm_exec_until_all_locked(&exec) {
		err = drm_exec_lock_obj(&exec, obj);
		drm_exec_retry_on_contention(&exec);
		ktap_expect_eq(t, err, 0);

		drm_exec_unlock_obj(&exec, obj);
		ktap_expect(t, !dma_resv_is_locked(obj->resv));
		ktap_expect_eq(t, refs(obj), 1);
		ktap_expect_eq(t, set_size(&exec), 0);

		err = drm_exec_lock_obj(&exec, obj);
		drm_exec_retry_on_contention(&exec);
		ktap_expect_eq(t, err, 0);
	}
	ktap_expect(t, holds(&exec, obj));
	ktap_expect_eq(t, set_size(&exec), 1);
	drm_exec_fini(&exec);
}

static void duplicates_refused(struct ktap *t)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	struct drm_gem_object *twice[] = { obj, obj };
	struct drm_exec exec;

	drm_exec_init(&exec, 0, 0);
	ktap_expect_eq(t, lock_all(&exec, twice, 2), -EALREADY);
	ktap_expect(t, !drm_exec_is_contended(&exec));
	ktap_expect(t, holds(&exec, obj));
	ktap_expect_eq(t, set_size(&exec), 1);
	ktap_expect_eq(t, refs(obj), 2);
	drm_exec_fini(&exec);
}

static void duplicates(struct ktap *t)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	struct drm_gem_object *thrice[] = { obj, obj, obj };
	struct drm_exec exec;

	drm_exec_init(&exec, DRM_EXEC_IGNORE_DUPLICATES, 0);
	ktap_expect_eq(t, lock_all(&exec, thrice, 3), 0);
	ktap_expect_eq(t, set_size(&exec), 1);
	ktap_expect_eq(t, refs(obj), 2);

	/* One unlock is enough, however often the object was locked. */
	drm_exec_unlock_obj(&exec, obj);
	ktap_expect(t, !dma_resv_is_locked(obj->resv));
	drm_exec_unlock_obj(&exec, obj);
	ktap_expect_eq(t, refs(obj), 1);
	drm_exec_fini(&exec);
}

static void give_back_resv(void *arg)
{
	struct drm_gem_object *obj = arg;

	obj->resv = &obj->_resv;
}

/* Gives both objects the reservation of objs[0]. */
static void share_resv(struct ktap *t, struct drm_gem_object **objs)
{
	fixture_gems(t->priv, objs, 2);
	objs[1]->resv = objs[0]->resv;
	ktap_defer(t, give_back_resv, objs[1]);
}

static void shared_resv(struct ktap *t)
{
	struct drm_gem_object *objs[2];
	struct drm_exec exec;

	share_resv(t, objs);
	drm_exec_init(&exec, 0, 0);
	ktap_expect_eq(t, lock_all(&exec, objs, 2), -EALREADY);
	drm_exec_fini(&exec);

	drm_exec_init(&exec, DRM_EXEC_IGNORE_DUPLICATES, 0);
	ktap_expect_eq(t, lock_all(&exec, objs, 2), 0);
	ktap_expect_eq(t, set_size(&exec), 1);
	ktap_expect_ptr_eq(t, drm_exec_obj(&exec, 0), objs[0]);
	ktap_expect(t, holds(&exec, objs[1]));
	drm_exec_unlock_obj(&exec, objs[1]);
	ktap_expect(t, holds(&exec, objs[0]));
	drm_exec_fini(&exec);
	ktap_expect(t, !dma_resv_is_locked(objs[0]->resv));
}

/* Adds fences of different timelines to a locked object with room for them. */
static void add_fences(struct ktap *t, struct drm_gem_object *obj,
		       struct dma_fence **fences, unsigned int count)
{
	/* The kernel crashes if a fence is added without room. */
	if (!ktap_expect(t, fixture_has_room(obj)))
		return;
	while (count--)
		dma_resv_add_fence(obj->resv, *fences++, DMA_RESV_USAGE_READ);
}

static unsigned int count_fences(struct drm_gem_object *obj)
{
	struct dma_resv_iter cursor;
	struct dma_fence *fence;
	unsigned int count = 0;

	dma_resv_iter_begin(&cursor, obj->resv, DMA_RESV_USAGE_BOOKKEEP);
	dma_resv_for_each_fence_unlocked(&cursor, fence) {
		if (dma_resv_iter_is_restarted(&cursor))
			count = 0;
		count++;
	}
	dma_resv_iter_end(&cursor);
	return count;
}

#define PREPARED	9

static void prepare(struct ktap *t)
{
	struct fixture *fx = t->priv;
	struct drm_gem_object *obj = fixture_gem(fx, PAGE_SIZE);
	struct dma_fence *fences[PREPARED];
	struct drm_exec exec;
	int i, err;

	for (i = 0; i < PREPARED; i++)
		fences[i] = fixture_fence(fx, dma_fence_context_alloc(1), 1);

	drm_exec_init(&exec, DRM_EXEC_INTERRUPTIBLE_WAIT, 0);
	drm_exec_until_all_locked(&exec) {
		err = drm_exec_prepare_obj(&exec, obj, PREPARED);
		drm_exec_retry_on_contention(&exec);
		ktap_expect_eq(t, err, 0);
	}
	ktap_expect(t, holds(&exec, obj));
	add_fences(t, obj, fences, PREPARED);
	drm_exec_fini(&exec);
	ktap_expect_eq(t, count_fences(obj), PREPARED);
}

/* A duplicate reserves more room. */
static void prepare_duplicates(struct ktap *t)
{
	struct fixture *fx = t->priv;
	struct drm_gem_object *obj = fixture_gem(fx, PAGE_SIZE);
	struct dma_fence *fences[PREPARED];
	struct drm_exec exec;
	int i, err;

	for (i = 0; i < PREPARED; i++)
		fences[i] = fixture_fence(fx, dma_fence_context_alloc(1), 1);

	drm_exec_init(&exec, 0, 0);
	drm_exec_until_all_locked(&exec) {
		err = drm_exec_prepare_obj(&exec, obj, 1);
		ktap_expect_eq(t, err, 0);
		err = drm_exec_prepare_obj(&exec, obj, 1);
		ktap_expect_eq(t, err, -EALREADY);
	}
	ktap_expect(t, holds(&exec, obj));
	drm_exec_fini(&exec);

	drm_exec_init(&exec, DRM_EXEC_IGNORE_DUPLICATES, 0);
	drm_exec_until_all_locked(&exec) {
		err = 0;
		for (i = 1; i <= PREPARED && !err; i++)
			err = drm_exec_prepare_obj(&exec, obj, i);
		drm_exec_retry_on_contention(&exec);
	}
	if (ktap_expect_eq(t, err, 0))
		add_fences(t, obj, fences, PREPARED);
	drm_exec_fini(&exec);
	ktap_expect_eq(t, count_fences(obj), PREPARED);
}

static void prepare_array(struct ktap *t)
{
	struct fixture *fx = t->priv;
	struct drm_gem_object *objs[5], *obj;
	struct drm_exec exec;
	unsigned int i = 0;
	int err;

	fixture_gems(fx, objs, ARRAY_SIZE(objs));
	drm_exec_init(&exec, DRM_EXEC_INTERRUPTIBLE_WAIT, 0);
	drm_exec_until_all_locked(&exec) {
		err = drm_exec_prepare_array(&exec, objs, ARRAY_SIZE(objs), 1);
		drm_exec_retry_on_contention(&exec);
		ktap_expect_eq(t, err, 0);
	}
	drm_exec_for_each_locked_object(&exec, obj) {
		ktap_expect_ptr_eq(t, obj, objs[i]);
		ktap_expect(t, holds(&exec, obj));
		ktap_expect(t, fixture_has_room(obj));
		i++;
	}
	ktap_expect_eq(t, i, ARRAY_SIZE(objs));
	drm_exec_fini(&exec);
}

static void prepare_array_errors(struct ktap *t)
{
	struct drm_gem_object *objs[4];
	struct drm_exec exec;
	unsigned int rounds = 0;
	int err;

	fixture_gems(t->priv, objs, ARRAY_SIZE(objs));
	objs[2] = objs[0];

	/* An empty array is allowed. */
	drm_exec_init(&exec, 0, 0);
	drm_exec_until_all_locked(&exec) {
		err = drm_exec_prepare_array(&exec, objs, 0, 1);
		drm_exec_retry_on_contention(&exec);
		ktap_expect_eq(t, err, 0);
		rounds++;
	}
	ktap_expect_eq(t, rounds, 1);
	ktap_expect_eq(t, set_size(&exec), 0);
	drm_exec_fini(&exec);

	/* The first failure ends the call.  Objects before it stay locked. */
	drm_exec_init(&exec, 0, 0);
	drm_exec_until_all_locked(&exec) {
		err = drm_exec_prepare_array(&exec, objs, ARRAY_SIZE(objs), 1);
		drm_exec_retry_on_contention(&exec);
		ktap_expect_eq(t, err, -EALREADY);
	}
	ktap_expect_eq(t, set_size(&exec), 2);
	ktap_expect(t, holds(&exec, objs[0]));
	ktap_expect(t, holds(&exec, objs[1]));
	ktap_expect(t, !dma_resv_is_locked(objs[3]->resv));
	drm_exec_fini(&exec);
}

static void multiple_loops(struct ktap *t)
{
	struct drm_gem_object *objs[2];
	struct drm_exec exec;
	unsigned int i, rounds[2] = {};

	fixture_gems(t->priv, objs, 2);
	for (i = 0; i < 3; i++) {
		drm_exec_init(&exec, DRM_EXEC_INTERRUPTIBLE_WAIT, 0);
		drm_exec_until_all_locked(&exec) {
			rounds[0]++;
			lock_some(&exec, objs, 1);
			drm_exec_retry_on_contention(&exec);
		}
		drm_exec_fini(&exec);

		drm_exec_init(&exec, 0, 1);
		drm_exec_until_all_locked(&exec) {
			rounds[1]++;
			lock_some(&exec, objs, 2);
			drm_exec_retry_on_contention(&exec);
		}
		ktap_expect_eq(t, set_size(&exec), 2);
		drm_exec_fini(&exec);
	}
	if (IS_ENABLED(CONFIG_DEBUG_WW_MUTEX_SLOWPATH)) {
		/* This kernel simulates contention now and then. */
		ktap_expect_gt(t, rounds[0], 2);
		ktap_expect_gt(t, rounds[1], 2);
		return;
	}
	ktap_expect_eq(t, rounds[0], 3);
	ktap_expect_eq(t, rounds[1], 3);
}

/*
 * More than a page of pointers, in a set for one page.  Lockdep allows at most 2047
 * locks of one class.
 */
#define MANY	2000

static void many_objects(struct ktap *t)
{
	struct drm_gem_object **objs, *obj;
	struct drm_exec exec;
	unsigned int i = 0, bad = 0;

	objs = ktap_kzalloc(t, MANY * sizeof(*objs));
	fixture_gems(t->priv, objs, MANY);

	drm_exec_init(&exec, 0, 1);
	ktap_expect_eq(t, lock_all(&exec, objs, MANY), 0);
	drm_exec_for_each_locked_object(&exec, obj) {
		bad += i >= MANY || obj != objs[i] || !holds(&exec, obj);
		i++;
	}
	ktap_expect_eq(t, i, MANY);
	drm_exec_for_each_locked_object_reverse(&exec, obj)
		bad += !i || obj != objs[--i];
	ktap_expect_eq(t, i, 0);
	ktap_expect_eq(t, bad, 0);
	drm_exec_fini(&exec);

	for (i = 0; i < MANY; i++)
		bad += dma_resv_is_locked(objs[i]->resv) || refs(objs[i]) != 1;
	ktap_expect_eq(t, bad, 0);
}

/* The size is only a hint, even if no machine has memory for it. */
static void absurd_hint(struct ktap *t)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	struct drm_exec exec;

	if (__is_defined(HAVE_DRM_EXEC))
		ktap_skip(t, "the kernel's own drm_exec warns");
	drm_exec_init(&exec, 0, UINT_MAX);
	ktap_expect_eq(t, lock_all(&exec, &obj, 1), 0);
	ktap_expect(t, holds(&exec, obj));
	drm_exec_fini(&exec);
}

static void unlock_middle(struct ktap *t)
{
	struct drm_gem_object *objs[6], *left[6] = {};
	struct drm_gem_object *obj;
	struct drm_exec exec;
	unsigned int i = 0;

	fixture_gems(t->priv, objs, ARRAY_SIZE(objs));
	left[0] = objs[0];
	left[1] = objs[1];
	left[2] = objs[3];
	left[3] = objs[2];

	no_made_up_contention();
	drm_exec_init(&exec, 0, 0);
	drm_exec_until_all_locked(&exec) {
		lock_some(&exec, objs, 5);
		drm_exec_retry_on_contention(&exec);
		/* One in the middle, the last one, and one that is not in the set */
		drm_exec_unlock_obj(&exec, objs[2]);
		drm_exec_unlock_obj(&exec, objs[4]);
		drm_exec_unlock_obj(&exec, objs[5]);
		ktap_expect_eq(t, set_size(&exec), 3);
		ktap_expect(t, !dma_resv_is_locked(objs[2]->resv));
		ktap_expect(t, !dma_resv_is_locked(objs[4]->resv));
		ktap_expect_eq(t, refs(objs[2]), 1);
		ktap_expect_eq(t, refs(objs[4]), 1);
		ktap_expect_eq(t, drm_exec_lock_obj(&exec, objs[2]), 0);
		drm_exec_retry_on_contention(&exec);
	}
	drm_exec_for_each_locked_object(&exec, obj) {
		ktap_expect_ptr_eq(t, obj, left[i]);
		ktap_expect(t, holds(&exec, obj));
		i++;
	}
	ktap_expect_eq(t, i, 4);

	/* A backward walk may unlock the current object. */
	drm_exec_for_each_locked_object_reverse(&exec, obj) {
		ktap_expect_ptr_eq(t, obj, i ? left[--i] : NULL);
		drm_exec_unlock_obj(&exec, obj);
	}
	ktap_expect_eq(t, i, 0);
	ktap_expect_eq(t, set_size(&exec), 0);
	for (i = 0; i < ARRAY_SIZE(objs); i++)
		ktap_expect_eq(t, refs(objs[i]), 1);
	drm_exec_fini(&exec);
}

/* The set may hold the last reference to an object. */
static void last_reference(struct ktap *t)
{
	struct fixture *fx = t->priv;
	struct drm_gem_object *obj;
	struct drm_exec exec;
	int unlock;

	for (unlock = 0; unlock < 2; unlock++) {
		obj = fixture_gem_new(fx, PAGE_SIZE);
		drm_exec_init(&exec, 0, 0);
		ktap_expect_eq(t, lock_all(&exec, &obj, 1), 0);
		drm_gem_object_put(obj);
		ktap_expect_eq(t, atomic_read(&fx->objects), 1);
		if (unlock) {
			drm_exec_unlock_obj(&exec, obj);
			ktap_expect_eq(t, atomic_read(&fx->objects), 0);
		}
		drm_exec_fini(&exec);
		ktap_expect_eq(t, atomic_read(&fx->objects), 0);
	}
}

/*
 * The case holds one object with the older ticket.  The rival, with the younger ticket,
 * locks its own object and then gets -EDEADLK for the other one.
 */
struct rival {
	struct ktap *t;
	struct drm_gem_object *held;
	struct drm_gem_object *own;
	/* shares its reservation with @held, if not NULL */
	struct drm_gem_object *twin;
	u32 flags;
	/* set by the rival */
	unsigned int rounds;
	int err;
	/* the set of the case */
	struct drm_exec elder;
	struct ktap_thread thread;
};

static bool rival_reached(struct rival *rival, unsigned int round)
{
	unsigned long end = jiffies + 10 * HZ;

	while (READ_ONCE(rival->rounds) < round) {
		if (time_after(jiffies, end))
			return false;
		usleep_range(100, 500);
	}
	return true;
}

static struct rival *rival_new(struct ktap *t, u32 flags)
{
	struct rival *rival = ktap_kzalloc(t, sizeof(*rival));

	rival->t = t;
	rival->flags = flags;
	rival->held = fixture_gem(t->priv, PAGE_SIZE);
	rival->own = fixture_gem(t->priv, PAGE_SIZE);
	no_made_up_contention();
	return rival;
}

/* Locks @held and starts the rival.  Waits until the rival is in its second round. */
static bool rival_start(struct rival *rival, void (*fn)(void *arg))
{
	struct ktap *t = rival->t;

	drm_exec_init(&rival->elder, 0, 0);
	ktap_expect_eq(t, lock_all(&rival->elder, &rival->held, 1), 0);
	if (!ktap_expect_eq(t, ktap_thread_start(&rival->thread, fn, rival, "rival"), 0))
		return false;
	return ktap_expect(t, rival_reached(rival, 2));
}

/* Unlocks @held and waits for the rival's end. */
static void rival_join(struct rival *rival)
{
	drm_exec_fini(&rival->elder);
	ktap_thread_join(&rival->thread);
	ktap_expect(rival->t, !dma_resv_is_locked(rival->held->resv));
	ktap_expect(rival->t, !dma_resv_is_locked(rival->own->resv));
	ktap_expect_eq(rival->t, refs(rival->held), 1);
	ktap_expect_eq(rival->t, refs(rival->own), 1);
}

/* Runs a round with contention on @held and checks its state. */
static int rival_lose(struct rival *rival, struct drm_exec *exec)
{
	struct ktap *t = rival->t;
	int err;

	ktap_expect_eq(t, drm_exec_lock_obj(exec, rival->own), 0);
	ktap_expect(t, !drm_exec_is_contended(exec));
	err = drm_exec_lock_obj(exec, rival->held);
	ktap_expect_eq(t, err, -EDEADLK);
	ktap_expect(t, drm_exec_is_contended(exec));
	/* Nothing is unlocked before the retry. */
	ktap_expect(t, holds(exec, rival->own));
	ktap_expect_eq(t, set_size(exec), 1);
	return err;
}

static void next_round(struct rival *rival)
{
	WRITE_ONCE(rival->rounds, rival->rounds + 1);
}

/*
 * Returns whether the contended object is the first member of the set after contention,
 * as in the drm_exec of v7.2.  In v6.12 and v7.3 it is not.
 */
static bool lost_joined(struct drm_exec *exec, struct rival *rival)
{
	return __is_defined(HAVE_DRM_EXEC) && drm_exec_obj(exec, 0) == rival->held;
}

static void rival_retries(void *arg)
{
	struct rival *rival = arg;
	struct ktap *t = rival->t;
	unsigned int before = 0;
	struct drm_exec exec;
	bool joined = false;

	/* A finished loop; the retry of the next loop must not jump to it. */
	drm_exec_init(&exec, rival->flags, 0);
	drm_exec_until_all_locked(&exec) {
		before++;
		lock_some(&exec, &rival->own, 1);
		drm_exec_retry_on_contention(&exec);
	}
	drm_exec_fini(&exec);

	drm_exec_init(&exec, rival->flags, 0);
	drm_exec_until_all_locked(&exec) {
		next_round(rival);
		if (rival->rounds == 1) {
			rival_lose(rival, &exec);
			drm_exec_retry_on_contention(&exec);
		}
		ktap_expect_eq(t, set_size(&exec), 0);
		/* Waits for the contended object, which is not in the set yet. */
		ktap_expect_eq(t, drm_exec_lock_obj(&exec, rival->own), 0);
		drm_exec_retry_on_contention(&exec);
		ktap_expect(t, !drm_exec_is_contended(&exec));
		ktap_expect(t, holds(&exec, rival->held));
		joined = lost_joined(&exec, rival);
		ktap_expect_eq(t, set_size(&exec), 1 + joined);

		ktap_expect_eq(t, drm_exec_lock_obj(&exec, rival->held), 0);
		drm_exec_retry_on_contention(&exec);
		ktap_expect_eq(t, set_size(&exec), 2);
		ktap_expect_eq(t, drm_exec_lock_obj(&exec, rival->held), -EALREADY);
	}
	ktap_expect_eq(t, before, 1);
	ktap_expect_eq(t, rival->rounds, 2);
	ktap_expect(t, !drm_exec_is_contended(&exec));
	ktap_expect(t, holds(&exec, rival->own));
	ktap_expect(t, holds(&exec, rival->held));
	ktap_expect_ptr_eq(t, drm_exec_obj(&exec, joined), rival->own);
	ktap_expect_ptr_eq(t, drm_exec_obj(&exec, !joined), rival->held);
	drm_exec_fini(&exec);
}

static void deadlock_retry(struct ktap *t)
{
	struct rival *rival = rival_new(t, 0);

	if (rival_start(rival, rival_retries)) {
		/*
		 * The rival waits with nothing locked, and has a reference to the
		 * contended object.
		 */
		ktap_expect(t, !ktap_thread_ended(&rival->thread, 50));
		ktap_expect(t, !dma_resv_is_locked(rival->own->resv));
		ktap_expect_eq(t, refs(rival->own), 1);
		ktap_expect_eq(t, refs(rival->held), 3);
	}
	rival_join(rival);
}

static void deadlock_retry_interruptible(struct ktap *t)
{
	struct rival *rival = rival_new(t, DRM_EXEC_INTERRUPTIBLE_WAIT);

	if (rival_start(rival, rival_retries))
		ktap_expect(t, !ktap_thread_ended(&rival->thread, 50));
	rival_join(rival);
}

/* The second round does not lock the contended object. */
static void rival_changes_mind(void *arg)
{
	struct rival *rival = arg;
	struct ktap *t = rival->t;
	struct drm_exec exec;

	drm_exec_init(&exec, rival->flags, 0);
	drm_exec_until_all_locked(&exec) {
		next_round(rival);
		if (rival->rounds == 1)
			rival_lose(rival, &exec);
		drm_exec_retry_on_contention(&exec);
		ktap_expect_eq(t, drm_exec_lock_obj(&exec, rival->own), 0);
		drm_exec_retry_on_contention(&exec);
	}
	ktap_expect_eq(t, rival->rounds, 2);
	ktap_expect(t, holds(&exec, rival->own));
	ktap_expect_eq(t, set_size(&exec), 1 + lost_joined(&exec, rival));
	ktap_expect_eq(t, dma_resv_is_locked(rival->held->resv),
		       lost_joined(&exec, rival));
	drm_exec_fini(&exec);
}

/* As above, but the loop condition ends the round. */
static void rival_changes_mind_late(void *arg)
{
	struct rival *rival = arg;
	struct ktap *t = rival->t;
	struct drm_exec exec;

	drm_exec_init(&exec, rival->flags, 0);
	drm_exec_until_all_locked(&exec) {
		next_round(rival);
		if (rival->rounds == 1)
			rival_lose(rival, &exec);
		else
			ktap_expect_eq(t, drm_exec_lock_obj(&exec, rival->own), 0);
	}
	ktap_expect_eq(t, rival->rounds, 2);
	ktap_expect(t, holds(&exec, rival->own));
	ktap_expect_eq(t, set_size(&exec), 1 + lost_joined(&exec, rival));
	ktap_expect_eq(t, dma_resv_is_locked(rival->held->resv),
		       lost_joined(&exec, rival));
	drm_exec_fini(&exec);
}

static void contended_unwanted(struct ktap *t)
{
	struct rival *rival = rival_new(t, 0);

	rival_start(rival, rival_changes_mind_late);
	rival_join(rival);

	if (__is_defined(HAVE_DRM_EXEC))
		return;
	/* The kernel's own drm_exec loops for ever if a retry comes before a lock. */
	rival->rounds = 0;
	rival_start(rival, rival_changes_mind);
	rival_join(rival);
}

static void rival_locks_nothing(void *arg)
{
	struct rival *rival = arg;
	struct drm_exec exec;

	drm_exec_init(&exec, rival->flags, 0);
	drm_exec_until_all_locked(&exec) {
		next_round(rival);
		if (rival->rounds == 1)
			rival_lose(rival, &exec);
		if (rival->rounds == 1000)
			break;
		drm_exec_retry_on_contention(&exec);
	}
	ktap_expect_eq(rival->t, rival->rounds, 2);
	ktap_expect_eq(rival->t, set_size(&exec), 0);
	drm_exec_fini(&exec);
}

static void contended_then_nothing(struct ktap *t)
{
	struct rival *rival;

	if (__is_defined(HAVE_DRM_EXEC))
		ktap_skip(t, "the kernel's own drm_exec spins for ever");
	rival = rival_new(t, 0);
	rival_start(rival, rival_locks_nothing);
	rival_join(rival);
}

/* Leaves the loop instead of retrying. */
static void rival_gives_up(void *arg)
{
	struct rival *rival = arg;
	struct drm_exec exec;

	drm_exec_init(&exec, rival->flags, 0);
	drm_exec_until_all_locked(&exec) {
		if (rival_lose(rival, &exec))
			break;
	}
	ktap_expect_eq(rival->t, refs(rival->held), 3);
	drm_exec_fini(&exec);
	ktap_expect_eq(rival->t, refs(rival->held), 2);
	ktap_expect(rival->t, !dma_resv_is_locked(rival->own->resv));
	WRITE_ONCE(rival->rounds, 2);
}

static void contended_fini(struct ktap *t)
{
	struct rival *rival = rival_new(t, 0);

	rival_start(rival, rival_gives_up);
	rival_join(rival);
}

/*
 * After contention the round locks another object with the same reservation, which must
 * stay locked after the loop.
 */
static void rival_takes_twin(void *arg)
{
	struct rival *rival = arg;
	struct ktap *t = rival->t;
	struct drm_gem_object *twin = rival->twin;
	struct drm_exec exec;

	drm_exec_init(&exec, rival->flags, 0);
	drm_exec_until_all_locked(&exec) {
		next_round(rival);
		if (rival->rounds == 1)
			rival_lose(rival, &exec);
		drm_exec_retry_on_contention(&exec);
		ktap_expect_eq(t, drm_exec_lock_obj(&exec, twin), 0);
		drm_exec_retry_on_contention(&exec);
	}
	ktap_expect_eq(t, set_size(&exec), 1);
	ktap_expect_ptr_eq(t, drm_exec_obj(&exec, 0), twin);
	ktap_expect(t, holds(&exec, twin));
	drm_exec_fini(&exec);
	ktap_expect(t, !dma_resv_is_locked(twin->resv));
}

static void contended_shared_resv(struct ktap *t)
{
	struct drm_gem_object *twins[2];
	struct rival *rival;
	static const u32 flags[] = { 0, DRM_EXEC_IGNORE_DUPLICATES };
	unsigned int i;

	if (__is_defined(HAVE_DRM_EXEC))
		ktap_skip(t, "the kernel's own drm_exec unlocks it");
	share_resv(t, twins);
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		rival = rival_new(t, flags[i]);
		rival->held = twins[0];
		rival->twin = twins[1];
		rival_start(rival, rival_takes_twin);
		rival_join(rival);
	}
}

/* Locks only @held, which is locked: no other lock is held, so no -EDEADLK. */
static void rival_waits(void *arg)
{
	struct rival *rival = arg;
	struct drm_exec exec;
	int err = 0;

	allow_signal(SIGUSR1);
	drm_exec_init(&exec, rival->flags, 0);
	drm_exec_until_all_locked(&exec) {
		err = drm_exec_lock_obj(&exec, rival->own);
		drm_exec_retry_on_contention(&exec);
		WRITE_ONCE(rival->rounds, 2);
		if (!err)
			err = drm_exec_lock_obj(&exec, rival->held);
		drm_exec_retry_on_contention(&exec);
		if (err)
			break;
	}
	ktap_expect_eq(rival->t, set_size(&exec), err ? 1 : 2);
	ktap_expect(rival->t, !drm_exec_is_contended(&exec));
	drm_exec_fini(&exec);
	rival->err = err;
}

/* Locks @held without a ticket: the rival waits instead of getting -EDEADLK. */
static void signal_waiting(struct rival *rival, bool should_end)
{
	struct ktap *t = rival->t;

	dma_resv_lock(rival->held->resv, NULL);
	if (ktap_expect_eq(t, ktap_thread_start(&rival->thread, rival_waits, rival,
						"rival"), 0) &&
	    ktap_expect(t, rival_reached(rival, 2))) {
		ktap_expect(t, !ktap_thread_ended(&rival->thread, 20));
		send_sig(SIGUSR1, rival->thread.task, 1);
		ktap_expect_eq(t, ktap_thread_ended(&rival->thread,
						    should_end ? 10000 : 100),
			       should_end);
	}
	dma_resv_unlock(rival->held->resv);
	ktap_thread_join(&rival->thread);
	ktap_expect(t, !dma_resv_is_locked(rival->held->resv));
	ktap_expect(t, !dma_resv_is_locked(rival->own->resv));
}

static void interrupted(struct ktap *t)
{
	struct rival *rival = rival_new(t, DRM_EXEC_INTERRUPTIBLE_WAIT);

	signal_waiting(rival, true);
	ktap_expect_eq(t, rival->err, -EINTR);
}

static void uninterrupted(struct ktap *t)
{
	struct rival *rival = rival_new(t, 0);

	signal_waiting(rival, false);
	ktap_expect_eq(t, rival->err, 0);
}

/*
 * A signal interrupts the wait for the contended object.  The call returns an error,
 * and the set can be used further.
 */
static void rival_interrupted_retry(void *arg)
{
	struct rival *rival = arg;
	struct ktap *t = rival->t;
	struct drm_exec exec;

	allow_signal(SIGUSR1);
	drm_exec_init(&exec, rival->flags, 0);
	drm_exec_until_all_locked(&exec) {
		next_round(rival);
		if (rival->rounds == 1) {
			rival_lose(rival, &exec);
			drm_exec_retry_on_contention(&exec);
		}
		rival->err = drm_exec_lock_obj(&exec, rival->own);
		drm_exec_retry_on_contention(&exec);
		if (rival->err)
			break;
	}
	ktap_expect_eq(t, set_size(&exec), 0);
	ktap_expect(t, !drm_exec_is_contended(&exec));
	ktap_expect_eq(t, refs(rival->held), 2);

	/* The set drops the contended object, so another one can be locked. */
	flush_signals(current);
	ktap_expect_eq(t, drm_exec_lock_obj(&exec, rival->own), 0);
	ktap_expect(t, holds(&exec, rival->own));
	drm_exec_fini(&exec);
}

static void interrupted_retry(struct ktap *t)
{
	struct rival *rival = rival_new(t, DRM_EXEC_INTERRUPTIBLE_WAIT);

	if (rival_start(rival, rival_interrupted_retry)) {
		ktap_expect(t, !ktap_thread_ended(&rival->thread, 20));
		send_sig(SIGUSR1, rival->thread.task, 1);
		ktap_expect(t, ktap_thread_ended(&rival->thread, 10000));
	}
	rival_join(rival);
	ktap_expect_eq(t, rival->err, -EINTR);
}

#define STORM_THREADS	6
#define STORM_OBJECTS	8
#define STORM_MS	2500

struct storm;

struct storm_thread {
	struct storm *storm;
	struct ktap_thread thread;
	u32 random;
	u32 flags;
	unsigned long sets;
	unsigned long retries;
	unsigned long counted[STORM_OBJECTS];
};

/* The reservation of @objs[i] alone protects @count[i] and @owner[i]. */
struct storm {
	struct ktap *t;
	struct drm_gem_object *objs[STORM_OBJECTS];
	unsigned long count[STORM_OBJECTS];
	struct storm_thread *owner[STORM_OBJECTS];
	unsigned long end;
	struct storm_thread threads[STORM_THREADS];
};

static u32 storm_random(struct storm_thread *me, u32 below)
{
	me->random ^= me->random << 13;
	me->random ^= me->random >> 17;
	me->random ^= me->random << 5;
	return me->random % below;
}

static void storm_shuffle(struct storm_thread *me, unsigned int *order)
{
	unsigned int i, j;

	for (i = 0; i < STORM_OBJECTS; i++) {
		j = storm_random(me, i + 1);
		order[i] = order[j];
		order[j] = i;
	}
}

/* Lets other threads run now and then. */
static void storm_pause(struct storm_thread *me)
{
	if (!storm_random(me, 4))
		usleep_range(10, 40);
}

/*
 * Reads, lets other threads run, and writes back: an update is lost if two threads are
 * here.
 */
static void storm_count(struct storm_thread *me, unsigned int nr)
{
	struct storm *storm = me->storm;
	unsigned long seen = READ_ONCE(storm->count[nr]);

	ktap_expect_ptr_eq(storm->t, READ_ONCE(storm->owner[nr]), NULL);
	WRITE_ONCE(storm->owner[nr], me);
	storm_pause(me);
	ktap_expect_ptr_eq(storm->t, READ_ONCE(storm->owner[nr]), me);
	WRITE_ONCE(storm->owner[nr], NULL);
	WRITE_ONCE(storm->count[nr], seen + 1);
	me->counted[nr]++;
}

static void storm_lock_set(struct storm_thread *me)
{
	struct storm *storm = me->storm;
	unsigned int order[STORM_OBJECTS], want, i, rounds = 0;
	struct drm_gem_object *obj;
	struct drm_exec exec;
	int err = 0;

	storm_shuffle(me, order);
	want = 2 + storm_random(me, STORM_OBJECTS - 1);
	drm_exec_init(&exec, me->flags, 1);
	drm_exec_until_all_locked(&exec) {
		rounds++;
		for (i = 0; i < want; i++) {
			obj = storm->objs[order[i]];
			err = drm_exec_prepare_obj(&exec, obj, 1);
			drm_exec_retry_on_contention(&exec);
			if (!err && (me->flags & DRM_EXEC_IGNORE_DUPLICATES))
				err = drm_exec_lock_obj(&exec, obj);
			if (!ktap_expect_eq(storm->t, err, 0))
				break;
			storm_pause(me);
		}
	}
	ktap_expect_eq(storm->t, set_size(&exec), want);

	/* Unlock one early, at any place in the set. */
	i = storm_random(me, want);
	storm_count(me, order[i]);
	drm_exec_unlock_obj(&exec, storm->objs[order[i]]);
	order[i] = order[--want];
	for (i = 0; i < want; i++)
		storm_count(me, order[i]);
	drm_exec_fini(&exec);
	me->sets++;
	me->retries += rounds - 1;
}

static void storm_main(void *arg)
{
	struct storm_thread *me = arg;

	while (time_before(jiffies, me->storm->end))
		storm_lock_set(me);
}

static void contention(struct ktap *t)
{
	struct storm *storm = ktap_kzalloc(t, sizeof(*storm));
	unsigned long sets = 0, retries = 0, counted;
	struct storm_thread *me;
	unsigned int i, nr;

	storm->t = t;
	fixture_gems(t->priv, storm->objs, STORM_OBJECTS);
	storm->end = jiffies + msecs_to_jiffies(STORM_MS);
	for (i = 0; i < STORM_THREADS; i++) {
		me = &storm->threads[i];
		me->storm = storm;
		me->random = 0x9e3779b9 * (i + 1);
		/* Use all four combinations of flags. */
		me->flags = i % 4;
		if (!ktap_expect_eq(t, ktap_thread_start(&me->thread, storm_main,
							 me, "storm"), 0))
			break;
	}
	while (i--) {
		ktap_thread_join(&storm->threads[i].thread);
		/* Every thread makes progress, even with the youngest tickets. */
		ktap_expect_gt(t, storm->threads[i].sets, 0);
		sets += storm->threads[i].sets;
		retries += storm->threads[i].retries;
	}
	for (nr = 0; nr < STORM_OBJECTS; nr++) {
		counted = 0;
		for (i = 0; i < STORM_THREADS; i++)
			counted += storm->threads[i].counted[nr];
		ktap_expect_eq(t, storm->count[nr], counted);
		ktap_expect(t, !dma_resv_is_locked(storm->objs[nr]->resv));
		ktap_expect_eq(t, refs(storm->objs[nr]), 1);
	}
	/* Without a retry the case would have tested nothing. */
	ktap_expect_gt(t, retries, 0);
	ktap_note(t, "%lu sets, %lu retries", sets, retries);
}

static const struct ktap_case exec_cases[] = {
	KTAP_CASE(sanitycheck),
	KTAP_CASE(lock),
	KTAP_CASE(lock_unlock),
	KTAP_CASE(duplicates_refused),
	KTAP_CASE(duplicates),
	KTAP_CASE(shared_resv),
	KTAP_CASE(prepare),
	KTAP_CASE(prepare_duplicates),
	KTAP_CASE(prepare_array),
	KTAP_CASE(prepare_array_errors),
	KTAP_CASE(multiple_loops),
	KTAP_CASE(many_objects),
	KTAP_CASE(absurd_hint),
	KTAP_CASE(unlock_middle),
	KTAP_CASE(last_reference),
	KTAP_CASE(deadlock_retry),
	KTAP_CASE(deadlock_retry_interruptible),
	KTAP_CASE(contended_unwanted),
	KTAP_CASE(contended_then_nothing),
	KTAP_CASE(contended_fini),
	KTAP_CASE(contended_shared_resv),
	KTAP_CASE(interrupted),
	KTAP_CASE(uninterrupted),
	KTAP_CASE(interrupted_retry),
	KTAP_CASE(contention),
	{}
};

const struct ktap_suite exec_suite = {
	.name = "exec",
	.init = fixture_init,
	.cases = exec_cases,
};
