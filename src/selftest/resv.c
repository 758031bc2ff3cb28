// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Tests of dma-resv as GPUVM and nouveau use it, with reservations that drm_exec locks

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/dma-fence-array.h>
#include <linux/jiffies.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <drm/drm_exec.h>

#include "fixture.h"
#include "suites.h"

/* Strongest first: a query for one usage includes those before it. */
static const enum dma_resv_usage levels[] = {
	DMA_RESV_USAGE_KERNEL,
	DMA_RESV_USAGE_WRITE,
	DMA_RESV_USAGE_READ,
	DMA_RESV_USAGE_BOOKKEEP,
};

#define LEVELS	ARRAY_SIZE(levels)

/* Locks @obj and reserves room for fences.  The caller ends @exec. */
static bool open_room(struct ktap *t, struct drm_exec *exec,
		      struct drm_gem_object *obj, unsigned int room)
{
	int err = 0;

	drm_exec_init(exec, 0, 1);
	drm_exec_until_all_locked(exec) {
		err = drm_exec_prepare_obj(exec, obj, room);
		drm_exec_retry_on_contention(exec);
		if (err)
			break;
	}
	/* The kernel crashes if a fence is added without room. */
	return ktap_expect_eq(t, err, 0) && ktap_expect(t, fixture_has_room(obj));
}

/*
 * Checks that the reservation has a reference to @fence besides the @others that the
 * case knows.  With our shim, the exclusive and the shared fences hold references too.
 */
static void expect_held(struct ktap *t, struct dma_fence *fence, unsigned int others)
{
#ifdef HAVE_DMA_RESV_USAGE
	ktap_expect_eq(t, kref_read(&fence->refcount), others + 1);
#else
	ktap_expect_gt(t, kref_read(&fence->refcount), others);
	ktap_expect_le(t, kref_read(&fence->refcount), others + 4);
#endif
}

static void add(struct ktap *t, struct drm_gem_object *obj,
		struct dma_fence *fence, enum dma_resv_usage usage)
{
	struct drm_exec exec;

	if (open_room(t, &exec, obj, 1))
		dma_resv_add_fence(obj->resv, fence, usage);
	drm_exec_fini(&exec);
}

static struct dma_fence *new_fence(struct ktap *t)
{
	return fixture_fence(t->priv, dma_fence_context_alloc(1), 1);
}

/* Returns an object with one fence of each usage, weakest first. */
static struct drm_gem_object *add_one_of_each(struct ktap *t,
					      struct dma_fence **fences)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	int i;

	for (i = LEVELS - 1; i >= 0; i--) {
		fences[i] = new_fence(t);
		add(t, obj, fences[i], levels[i]);
	}
	return obj;
}

/* Returns the index of @fence, or @count. */
static unsigned int index_of(struct dma_fence **fences, unsigned int count,
			     struct dma_fence *fence)
{
	unsigned int i;

	for (i = 0; i < count && fences[i] != fence; i++)
		;
	return i;
}

/*
 * Returns bits of the fences that an iterator for @usage returns, and checks the usage
 * of each.
 */
static unsigned long show(struct ktap *t, struct drm_gem_object *obj,
			  enum dma_resv_usage usage, struct dma_fence **fences)
{
	struct dma_resv_iter cursor;
	struct dma_fence *fence;
	unsigned long locked = 0, unlocked = 0;
	struct drm_exec exec;
	unsigned int i;

	if (!open_room(t, &exec, obj, 1)) {
		drm_exec_fini(&exec);
		return 0;
	}
	dma_resv_for_each_fence(&cursor, obj->resv, usage, fence) {
		i = index_of(fences, LEVELS, fence);
		ktap_expect_eq(t, dma_resv_iter_usage(&cursor), i);
		ktap_expect(t, !(locked & BIT(i)));
		locked |= BIT(i);
	}
	drm_exec_fini(&exec);

	dma_resv_iter_begin(&cursor, obj->resv, usage);
	dma_resv_for_each_fence_unlocked(&cursor, fence) {
		i = index_of(fences, LEVELS, fence);
		ktap_expect_eq(t, dma_resv_iter_usage(&cursor), i);
		ktap_expect(t, !(unlocked & BIT(i)));
		unlocked |= BIT(i);
	}
	dma_resv_iter_end(&cursor);
	ktap_expect_eq(t, unlocked, locked);
	return locked;
}

static void usage_levels(struct ktap *t)
{
	struct dma_fence *fences[LEVELS];
	struct drm_gem_object *obj = add_one_of_each(t, fences);
	unsigned int i;

	for (i = 0; i < LEVELS; i++)
		ktap_expect_eq(t, show(t, obj, levels[i], fences), BIT(i + 1) - 1);
}

static void usage_of_access(struct ktap *t)
{
	/* A reader waits for writers, and a writer also for readers. */
	ktap_expect_eq(t, dma_resv_usage_rw(false), DMA_RESV_USAGE_WRITE);
	ktap_expect_eq(t, dma_resv_usage_rw(true), DMA_RESV_USAGE_READ);
}

static void test_signaled(struct ktap *t)
{
	unsigned int usage, level;

	for (usage = 0; usage < LEVELS; usage++) {
		struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
		struct dma_fence *fence = new_fence(t);

		for (level = 0; level < LEVELS; level++)
			ktap_expect(t, dma_resv_test_signaled(obj->resv, levels[level]));
		add(t, obj, fence, levels[usage]);
		for (level = 0; level < LEVELS; level++)
			ktap_expect_eq(t, dma_resv_test_signaled(obj->resv, levels[level]),
				       level < usage);
		dma_fence_signal(fence);
		for (level = 0; level < LEVELS; level++)
			ktap_expect(t, dma_resv_test_signaled(obj->resv, levels[level]));
	}
}

static void wait_levels(struct ktap *t)
{
	unsigned int usage, level;
	long left;

	for (usage = 0; usage < LEVELS; usage++) {
		struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
		struct dma_fence *fence = new_fence(t);

		add(t, obj, fence, levels[usage]);
		for (level = 0; level < LEVELS; level++) {
			left = dma_resv_wait_timeout(obj->resv, levels[level],
						     false, 2);
			if (level < usage)
				ktap_expect_gt(t, left, 0);
			else
				ktap_expect_eq(t, left, 0);
		}
		dma_fence_signal(fence);
		for (level = 0; level < LEVELS; level++)
			ktap_expect_gt(t, dma_resv_wait_timeout(obj->resv, levels[level],
								false, 2), 0);
	}
}

/* Only an eviction may wait for the fence of a mapping job. */
static void bookkeep_apart(struct ktap *t)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	struct dma_fence *job = new_fence(t), *read = new_fence(t), *one;

	add(t, obj, job, DMA_RESV_USAGE_BOOKKEEP);
	ktap_expect_eq(t, dma_resv_wait_timeout(obj->resv, DMA_RESV_USAGE_READ,
						false, HZ), HZ);
	ktap_expect_eq(t, dma_resv_get_singleton(obj->resv, DMA_RESV_USAGE_READ, &one), 0);
	ktap_expect_ptr_eq(t, one, NULL);

	add(t, obj, read, DMA_RESV_USAGE_READ);
	ktap_expect_eq(t, dma_resv_wait_timeout(obj->resv, DMA_RESV_USAGE_READ,
						false, 2), 0);
	dma_fence_signal(read);
	ktap_expect(t, dma_resv_test_signaled(obj->resv, DMA_RESV_USAGE_READ));
	ktap_expect(t, !dma_resv_test_signaled(obj->resv, DMA_RESV_USAGE_BOOKKEEP));
	ktap_expect_eq(t, dma_resv_wait_timeout(obj->resv, DMA_RESV_USAGE_BOOKKEEP,
						false, 2), 0);
	dma_fence_signal(job);
	ktap_expect(t, dma_resv_test_signaled(obj->resv, DMA_RESV_USAGE_BOOKKEEP));
}

#define WAITER_S	20

struct resv_waiter {
	struct drm_gem_object *obj;
	struct ktap_thread thread;
	struct completion started;
	bool intr;
	long left;
};

static void waiter_main(void *arg)
{
	struct resv_waiter *waiter = arg;

	allow_signal(SIGUSR1);
	complete(&waiter->started);
	waiter->left = dma_resv_wait_timeout(waiter->obj->resv, DMA_RESV_USAGE_READ,
					     waiter->intr, WAITER_S * HZ);
}

static void waiter_end(void *arg)
{
	struct resv_waiter *waiter = arg;

	ktap_thread_join(&waiter->thread);
}

static struct resv_waiter *waiter_start(struct ktap *t, struct drm_gem_object *obj,
					bool intr)
{
	struct resv_waiter *waiter = ktap_kzalloc(t, sizeof(*waiter));

	waiter->obj = obj;
	waiter->intr = intr;
	init_completion(&waiter->started);
	ktap_defer(t, waiter_end, waiter);
	ktap_assert_eq(t, ktap_thread_start(&waiter->thread, waiter_main, waiter,
					    "waiter"), 0);
	wait_for_completion(&waiter->started);
	ktap_expect(t, !ktap_thread_ended(&waiter->thread, 20));
	return waiter;
}

static void wait_for_last(struct ktap *t)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	struct dma_fence *fences[2] = { new_fence(t), new_fence(t) };
	struct resv_waiter *waiter;

	add(t, obj, fences[0], DMA_RESV_USAGE_WRITE);
	add(t, obj, fences[1], DMA_RESV_USAGE_READ);
	waiter = waiter_start(t, obj, false);
	dma_fence_signal(fences[1]);
	ktap_expect(t, !ktap_thread_ended(&waiter->thread, 20));
	dma_fence_signal(fences[0]);
	ktap_thread_join(&waiter->thread);
	ktap_expect_gt(t, waiter->left, 0);
	ktap_expect_lt(t, waiter->left, WAITER_S * HZ);
}

static void wait_interrupted(struct ktap *t)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	struct dma_fence *fence = new_fence(t);
	struct resv_waiter *deaf, *waiter;

	add(t, obj, fence, DMA_RESV_USAGE_READ);
	waiter = waiter_start(t, obj, true);
	deaf = waiter_start(t, obj, false);
	send_sig(SIGUSR1, waiter->thread.task, 1);
	send_sig(SIGUSR1, deaf->thread.task, 1);
	ktap_expect(t, ktap_thread_ended(&waiter->thread, 10000));
	ktap_expect(t, !ktap_thread_ended(&deaf->thread, 20));
	dma_fence_signal(fence);
	ktap_thread_join(&waiter->thread);
	ktap_thread_join(&deaf->thread);
	ktap_expect_eq(t, waiter->left, -ERESTARTSYS);
	ktap_expect_gt(t, deaf->left, 0);
}

/* Returns the number of fences that an iterator returns, and the last fence. */
static unsigned int count(struct drm_gem_object *obj, enum dma_resv_usage usage,
			  struct dma_fence **last)
{
	struct dma_resv_iter cursor;
	struct dma_fence *fence;
	unsigned int found = 0;

	dma_resv_iter_begin(&cursor, obj->resv, usage);
	dma_resv_for_each_fence_unlocked(&cursor, fence) {
		if (dma_resv_iter_is_restarted(&cursor))
			found = 0;
		found++;
		if (last)
			*last = fence;
	}
	dma_resv_iter_end(&cursor);
	return found;
}

static void same_timeline(struct ktap *t)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	struct dma_fence *fences[4], *last = NULL;
	u64 context = dma_fence_context_alloc(1);
	int i;

	for (i = 0; i < 4; i++)
		fences[i] = fixture_fence(t->priv, context, i + 1);

	/* A later fence replaces earlier ones of its timeline. */
	add(t, obj, fences[0], DMA_RESV_USAGE_READ);
	add(t, obj, fences[1], DMA_RESV_USAGE_READ);
	ktap_expect_eq(t, count(obj, DMA_RESV_USAGE_READ, &last), 1);
	ktap_expect_ptr_eq(t, last, fences[1]);
	ktap_expect_eq(t, kref_read(&fences[0]->refcount), 1);

	/* A fence with a stronger usage replaces one with a weaker usage. */
	add(t, obj, fences[2], DMA_RESV_USAGE_KERNEL);
	ktap_expect_eq(t, count(obj, DMA_RESV_USAGE_BOOKKEEP, NULL), 1);
	ktap_expect_eq(t, count(obj, DMA_RESV_USAGE_KERNEL, &last), 1);
	ktap_expect_ptr_eq(t, last, fences[2]);

	/* A fence with a weaker usage must not replace one with a stronger usage. */
	add(t, obj, fences[3], DMA_RESV_USAGE_BOOKKEEP);
	ktap_expect_eq(t, count(obj, DMA_RESV_USAGE_BOOKKEEP, NULL), 2);
	ktap_expect_eq(t, count(obj, DMA_RESV_USAGE_KERNEL, &last), 1);
	ktap_expect_ptr_eq(t, last, fences[2]);
}

static void signaled_not_shown(struct ktap *t)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	struct dma_fence *fences[3], *last = NULL;
	int i;

	for (i = 0; i < 3; i++)
		fences[i] = new_fence(t);
	add(t, obj, fences[0], DMA_RESV_USAGE_WRITE);
	add(t, obj, fences[1], DMA_RESV_USAGE_WRITE);
	dma_fence_signal(fences[0]);
	ktap_expect_eq(t, count(obj, DMA_RESV_USAGE_WRITE, &last), 1);
	ktap_expect_ptr_eq(t, last, fences[1]);

	/* The next fence replaces a signaled one. */
	add(t, obj, fences[2], DMA_RESV_USAGE_WRITE);
	ktap_expect_eq(t, count(obj, DMA_RESV_USAGE_WRITE, NULL), 2);
	ktap_expect_eq(t, kref_read(&fences[0]->refcount), 1);
	expect_held(t, fences[1], 1);
	expect_held(t, fences[2], 1);
}

#define BATCHES		6
#define PER_BATCH	7

static void reserve_grows(struct ktap *t)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	struct drm_exec exec;
	int batch, i;

	for (batch = 1; batch <= BATCHES; batch++) {
		struct dma_fence *fences[PER_BATCH];

		for (i = 0; i < PER_BATCH; i++)
			fences[i] = new_fence(t);
		if (open_room(t, &exec, obj, PER_BATCH))
			for (i = 0; i < PER_BATCH; i++)
				dma_resv_add_fence(obj->resv, fences[i], levels[i % LEVELS]);
		drm_exec_fini(&exec);
		ktap_expect_eq(t, count(obj, DMA_RESV_USAGE_BOOKKEEP, NULL),
			       batch * PER_BATCH);
	}
	ktap_expect_eq(t, count(obj, DMA_RESV_USAGE_KERNEL, NULL), BATCHES * 2);
}

static void get_singleton(struct ktap *t)
{
	struct dma_fence *fences[LEVELS], *one = NULL;
	struct drm_gem_object *obj = add_one_of_each(t, fences);
	struct drm_gem_object *idle = fixture_gem(t->priv, PAGE_SIZE);
	int i;

	ktap_expect_eq(t, dma_resv_get_singleton(idle->resv, DMA_RESV_USAGE_BOOKKEEP,
						 &one), 0);
	ktap_expect_ptr_eq(t, one, NULL);

	/* A single fence is returned itself, with a reference. */
	ktap_expect_eq(t, dma_resv_get_singleton(obj->resv, DMA_RESV_USAGE_KERNEL,
						 &one), 0);
	ktap_expect_ptr_eq(t, one, fences[0]);
	expect_held(t, fences[0], 2);
	dma_fence_put(one);

	/* Several fences are returned as one that waits for all of them. */
	ktap_assert_eq(t, dma_resv_get_singleton(obj->resv, DMA_RESV_USAGE_READ,
						 &one), 0);
	ktap_assert(t, one);
	ktap_expect(t, dma_fence_is_array(one));
	for (i = 0; i < LEVELS - 1; i++) {
		ktap_expect(t, !dma_fence_is_signaled(one));
		ktap_expect_eq(t, dma_fence_wait_timeout(one, false, 2), 0);
		dma_fence_signal(fences[i]);
	}
	ktap_expect_gt(t, dma_fence_wait_timeout(one, false, 10 * HZ), 0);
	ktap_expect(t, !dma_fence_is_signaled(fences[LEVELS - 1]));
	dma_fence_put(one);
}

static void get_fences(struct ktap *t)
{
	struct dma_fence *fences[LEVELS], **got;
	struct drm_gem_object *obj = add_one_of_each(t, fences);
	unsigned int i, level, number;
	unsigned long seen;

	for (level = 0; level < LEVELS; level++) {
		got = NULL;
		number = 0;
		seen = 0;
		ktap_assert_eq(t, dma_resv_get_fences(obj->resv, levels[level],
						      &number, &got), 0);
		ktap_expect_eq(t, number, level + 1);
		for (i = 0; i < number; i++) {
			expect_held(t, got[i], 2);
			seen |= BIT(index_of(fences, LEVELS, got[i]));
			dma_fence_put(got[i]);
		}
		ktap_expect_eq(t, seen, BIT(level + 1) - 1);
		kfree(got);
	}
}

#ifdef HAVE_DMA_RESV_USAGE
/* We never call dma_resv_replace_fences(), so the shim does not have it. */
static void replace_fences(struct ktap *t)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	struct dma_fence *old[2], *other = new_fence(t), *stub = new_fence(t);
	struct dma_fence *last = NULL;
	u64 context = dma_fence_context_alloc(1);
	struct drm_exec exec;
	int i;

	/* Two of one timeline: the second one has the weaker usage. */
	for (i = 0; i < 2; i++)
		old[i] = fixture_fence(t->priv, context, i + 1);
	add(t, obj, old[0], DMA_RESV_USAGE_READ);
	add(t, obj, old[1], DMA_RESV_USAGE_BOOKKEEP);
	add(t, obj, other, DMA_RESV_USAGE_WRITE);
	ktap_expect_eq(t, count(obj, DMA_RESV_USAGE_BOOKKEEP, NULL), 3);

	if (open_room(t, &exec, obj, 1))
		dma_resv_replace_fences(obj->resv, context, stub,
					DMA_RESV_USAGE_BOOKKEEP);
	drm_exec_fini(&exec);

	ktap_expect_eq(t, kref_read(&old[0]->refcount), 1);
	ktap_expect_eq(t, kref_read(&old[1]->refcount), 1);
	ktap_expect_eq(t, kref_read(&stub->refcount), 3);
	ktap_expect_eq(t, count(obj, DMA_RESV_USAGE_READ, &last), 1);
	ktap_expect_ptr_eq(t, last, other);
	ktap_expect_eq(t, count(obj, DMA_RESV_USAGE_BOOKKEEP, NULL), 3);
	dma_fence_signal(stub);
	ktap_expect_eq(t, count(obj, DMA_RESV_USAGE_BOOKKEEP, NULL), 1);
}
#endif

static void copy_fences(struct ktap *t)
{
	struct dma_fence *fences[LEVELS];
	struct drm_gem_object *from = add_one_of_each(t, fences);
	struct drm_gem_object *to = fixture_gem(t->priv, PAGE_SIZE);
	struct dma_fence *gone = new_fence(t);
	struct drm_exec exec;
	unsigned int i;

	add(t, to, gone, DMA_RESV_USAGE_KERNEL);
	dma_fence_signal(fences[1]);
	if (open_room(t, &exec, to, 1))
		ktap_expect_eq(t, dma_resv_copy_fences(to->resv, from->resv), 0);
	drm_exec_fini(&exec);

	/* All unsignaled fences with their usage, and no others */
	for (i = 0; i < LEVELS; i++)
		ktap_expect_eq(t, show(t, to, levels[i], fences),
			       (BIT(i + 1) - 1) & ~BIT(1));
	ktap_expect_eq(t, kref_read(&gone->refcount), 1);
	/* Only the source has the first fence.  Both reservations have the second. */
	expect_held(t, fences[1], 1);
#ifdef HAVE_DMA_RESV_USAGE
	expect_held(t, fences[2], 2);
#endif
}

/* A reader without the lock starts over if the list is replaced. */
static void iter_restarts(struct ktap *t)
{
	struct dma_fence *fences[LEVELS], *more, *fence;
	struct drm_gem_object *obj = add_one_of_each(t, fences);
	unsigned int restarts = 0, seen = 0;
	struct dma_resv_iter cursor;
	struct drm_exec exec;

	more = new_fence(t);
	dma_resv_iter_begin(&cursor, obj->resv, DMA_RESV_USAGE_BOOKKEEP);
	dma_resv_for_each_fence_unlocked(&cursor, fence) {
		if (dma_resv_iter_is_restarted(&cursor)) {
			restarts++;
			seen = 0;
		}
		if (++seen != 2 || restarts != 1)
			continue;
		/* More room than the list can have */
		if (open_room(t, &exec, obj, 128))
			dma_resv_add_fence(obj->resv, more, DMA_RESV_USAGE_READ);
		drm_exec_fini(&exec);
	}
	dma_resv_iter_end(&cursor);
	ktap_expect_eq(t, restarts, 2);
	ktap_expect_eq(t, seen, LEVELS + 1);
}

#define CHURN_READERS	3
#define CHURN_MS	1000

struct churn {
	struct ktap *t;
	struct drm_gem_object *obj;
	struct dma_fence *steady;
	unsigned long end;
	atomic_long_t reads;
	struct ktap_thread readers[CHURN_READERS];
	/* more than a new list has room for */
	struct dma_fence *fences[12];
};

/* A fence that stays is found exactly once while others come and go. */
static void churn_read(void *arg)
{
	struct churn *churn = arg;
	struct dma_resv_iter cursor;
	struct dma_fence *fence;
	unsigned int seen;

	while (time_before(jiffies, churn->end)) {
		seen = 0;
		dma_resv_iter_begin(&cursor, churn->obj->resv, DMA_RESV_USAGE_BOOKKEEP);
		dma_resv_for_each_fence_unlocked(&cursor, fence) {
			if (dma_resv_iter_is_restarted(&cursor))
				seen = 0;
			seen += fence == churn->steady;
			if (!kref_read(&fence->refcount))
				ktap_fail(churn->t, "fence is gone while it is shown");
		}
		dma_resv_iter_end(&cursor);
		ktap_expect_eq(churn->t, seen, 1);
		ktap_expect(churn->t, !dma_resv_test_signaled(churn->obj->resv,
							      DMA_RESV_USAGE_KERNEL));
		atomic_long_inc(&churn->reads);
		cond_resched();
	}
}

static void churn_drop(struct churn *churn, unsigned int nr)
{
	struct dma_fence *fence = churn->fences[nr];

	churn->fences[nr] = NULL;
	if (fence)
		dma_fence_signal(fence);
	dma_fence_put(fence);
}

static void churn_end(void *arg)
{
	struct churn *churn = arg;
	int i;

	for (i = 0; i < CHURN_READERS; i++)
		ktap_thread_join(&churn->readers[i]);
	for (i = 0; i < ARRAY_SIZE(churn->fences); i++)
		churn_drop(churn, i);
}

/* Adds fences.  Each one is signalled after as many others were added. */
static unsigned long churn_write(struct churn *churn)
{
	unsigned long added = 0;
	unsigned int nr;

	while (time_before(jiffies, churn->end)) {
		nr = added++ % ARRAY_SIZE(churn->fences);
		churn_drop(churn, nr);
		churn->fences[nr] = fixture_fence_new(churn->t->priv,
						      dma_fence_context_alloc(1), 1);
		add(churn->t, churn->obj, churn->fences[nr], levels[added % LEVELS]);
		if (!(added % 64))
			usleep_range(10, 40);
	}
	return added;
}

static void churn(struct ktap *t)
{
	struct churn *churn = ktap_kzalloc(t, sizeof(*churn));
	unsigned long added;
	int i;

	churn->t = t;
	churn->obj = fixture_gem(t->priv, PAGE_SIZE);
	churn->steady = new_fence(t);
	ktap_defer(t, churn_end, churn);
	add(t, churn->obj, churn->steady, DMA_RESV_USAGE_KERNEL);
	churn->end = jiffies + msecs_to_jiffies(CHURN_MS);
	for (i = 0; i < CHURN_READERS; i++)
		ktap_expect_eq(t, ktap_thread_start(&churn->readers[i], churn_read,
						    churn, "churn"), 0);
	added = churn_write(churn);
	churn_end(churn);
	ktap_expect_gt(t, added, ARRAY_SIZE(churn->fences));
	ktap_expect_gt(t, atomic_long_read(&churn->reads), CHURN_READERS);
	ktap_note(t, "%lu fences, %ld reads", added, atomic_long_read(&churn->reads));
}

static const struct ktap_case resv_cases[] = {
	KTAP_CASE(usage_levels),
	KTAP_CASE(usage_of_access),
	KTAP_CASE(test_signaled),
	KTAP_CASE(wait_levels),
	KTAP_CASE(bookkeep_apart),
	KTAP_CASE(wait_for_last),
	KTAP_CASE(wait_interrupted),
	KTAP_CASE(same_timeline),
	KTAP_CASE(signaled_not_shown),
	KTAP_CASE(reserve_grows),
	KTAP_CASE(get_singleton),
	KTAP_CASE(get_fences),
#ifdef HAVE_DMA_RESV_USAGE
	KTAP_CASE(replace_fences),
#endif
	KTAP_CASE(copy_fences),
	KTAP_CASE(iter_restarts),
	KTAP_CASE(churn),
	{}
};

const struct ktap_suite resv_suite = {
	.name = "resv",
	.init = fixture_init,
	.cases = resv_cases,
};
