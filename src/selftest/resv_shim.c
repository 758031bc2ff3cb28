// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Tests of usages on a kernel without them: for code that uses usages, and for code
// that reads the reservation itself, as the rest of such a kernel does.

#include <linux/dma-fence-chain.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>

#include "fixture.h"
#include "suites.h"

/* Waiters.  The first two only know an exclusive fence and shared ones. */
enum who {
	WHO_OTHERS_READ,
	WHO_OTHERS_WRITE,
	WHO_KERNEL,
	WHO_WRITE,
	WHO_READ,
	WHO_BOOKKEEP,
	WHO
};

static const char * const who_name[WHO] = {
	"others that read", "others that write",
	"KERNEL", "WRITE", "READ", "BOOKKEEP",
};

/* Origin of a fence: added with a usage, or by code without usages */
enum from {
	FROM_KERNEL,
	FROM_WRITE,
	FROM_READ,
	FROM_BOOKKEEP,
	FROM_OTHERS_EXCL,
	FROM_OTHERS_SHARED,
	FROM
};

static const char * const from_name[FROM] = {
	"KERNEL", "WRITE", "READ", "BOOKKEEP", "exclusive of others", "shared of others",
};

/* The table of docs/compat.md, which tools/compat-doc reads here */
static const bool waits[FROM][WHO] = {
	[FROM_KERNEL]		= { 1, 1, 1, 1, 1, 1 },
	[FROM_WRITE]		= { 1, 1, 0, 1, 1, 1 },
	[FROM_READ]		= { 0, 1, 0, 0, 1, 1 },
	[FROM_BOOKKEEP]		= { 0, 0, 0, 0, 0, 1 },
	[FROM_OTHERS_EXCL]	= { 1, 1, 1, 1, 1, 1 },
	[FROM_OTHERS_SHARED]	= { 0, 1, 0, 0, 1, 1 },
};

static struct dma_fence *new_fence(struct ktap *t)
{
	return fixture_fence(t->priv, dma_fence_context_alloc(1), 1);
}

static void lock(struct ktap *t, struct dma_resv *resv)
{
	ktap_assert_eq(t, dma_resv_lock(resv, NULL), 0);
}

static void add(struct ktap *t, struct dma_resv *resv, struct dma_fence *fence,
		enum from from)
{
	lock(t, resv);
	switch (from) {
	case FROM_OTHERS_EXCL:
		dma_resv_add_excl_fence(resv, fence);
		break;
	case FROM_OTHERS_SHARED:
		if (ktap_expect_eq(t, dma_resv_reserve_shared(resv, 1), 0))
			dma_resv_add_shared_fence(resv, fence);
		break;
	default:
		if (ktap_expect_eq(t, dma_resv_reserve_fences(resv, 1), 0))
			dma_resv_add_fence(resv, fence, (enum dma_resv_usage)from);
	}
	dma_resv_unlock(resv);
}

static bool idle(struct dma_resv *resv, enum who who)
{
	if (who < WHO_KERNEL)
		return dma_resv_test_signaled_rcu(resv, who == WHO_OTHERS_WRITE);
	return dma_resv_test_signaled(resv, who - WHO_KERNEL);
}

static long wait(struct dma_resv *resv, enum who who, long timeout)
{
	if (who < WHO_KERNEL)
		return dma_resv_wait_timeout_rcu(resv, who == WHO_OTHERS_WRITE, false, timeout);
	return dma_resv_wait_timeout(resv, who - WHO_KERNEL, false, timeout);
}

static bool expect_waits(struct ktap *t, struct dma_resv *resv, const bool *expected)
{
	bool ok = true;
	enum who who;

	for (who = 0; who < WHO; who++) {
		if (idle(resv, who) != expected[who] &&
		    !wait(resv, who, 1) == expected[who])
			continue;
		ktap_fail(t, "%s: expected to wait: %d", who_name[who], expected[who]);
		ok = false;
	}
	return ok;
}

static const bool nobody[WHO];

/* For each cell: adds one fence and checks which waiters wait. */
static void each_cell(struct ktap *t)
{
	enum from from;

	for (from = 0; from < FROM; from++) {
		struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
		struct dma_fence *fence = new_fence(t);

		expect_waits(t, obj->resv, nobody);
		add(t, obj->resv, fence, from);
		if (!expect_waits(t, obj->resv, waits[from]))
			ktap_note(t, "row %s", from_name[from]);
		dma_fence_signal(fence);
		expect_waits(t, obj->resv, nobody);
	}
}

/* Checks the waiters with both fences, and with one of them signalled. */
static bool pair(struct ktap *t, enum from first, enum from second)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	struct dma_fence *one = new_fence(t), *two = new_fence(t);
	bool either[WHO], ok = true;
	enum who who;

	add(t, obj->resv, one, first);
	add(t, obj->resv, two, second);
	for (who = 0; who < WHO; who++)
		either[who] = waits[first][who] || waits[second][who];
	if (second == FROM_OTHERS_EXCL) {
		/* An exclusive fence comes after all others and hides them. */
		dma_fence_signal(one);
		ok &= expect_waits(t, obj->resv, waits[second]);
		dma_fence_signal(two);
	} else {
		ok &= expect_waits(t, obj->resv, either);
		dma_fence_signal(two);
		ok &= expect_waits(t, obj->resv, waits[first]);
		dma_fence_signal(one);
	}
	return ok & expect_waits(t, obj->resv, nobody);
}

/* All pairs with at least one usage */
static void each_pair(struct ktap *t)
{
	enum from first, second;

	for (first = 0; first < FROM; first++) {
		for (second = 0; second < FROM; second++) {
			if (first >= FROM_OTHERS_EXCL && second >= FROM_OTHERS_EXCL)
				continue;
			if (!pair(t, first, second))
				ktap_note(t, "%s, then %s", from_name[first],
					  from_name[second]);
		}
	}
}

/* Changes of the reservation by other code do not change our list. */
static void bookkeep_survives_others(struct ktap *t)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	struct dma_fence *job = new_fence(t), *other;
	int i;

	add(t, obj->resv, job, FROM_BOOKKEEP);
	for (i = 0; i < 40; i++) {
		other = new_fence(t);
		add(t, obj->resv, other, i % 8 == 7 ? FROM_OTHERS_EXCL : FROM_OTHERS_SHARED);
		ktap_expect(t, !idle(obj->resv, WHO_BOOKKEEP));
		dma_fence_signal(other);
		expect_waits(t, obj->resv, waits[FROM_BOOKKEEP]);
	}
	dma_fence_signal(job);
	expect_waits(t, obj->resv, nobody);
}

struct waiter {
	struct ktap_thread thread;
	struct dma_resv *resv;
	enum who who;
	long left;
};

static void waiter_main(void *arg)
{
	struct waiter *waiter = arg;

	waiter->left = wait(waiter->resv, waiter->who, 20 * HZ);
}

static void waiter_end(void *arg)
{
	struct waiter *waiter = arg;

	ktap_thread_join(&waiter->thread);
}

/* An eviction waits for jobs that use a mapping.  A page flip does not. */
static void eviction_waits(struct ktap *t)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	struct dma_fence *job = new_fence(t);
	struct waiter *evict = ktap_kzalloc(t, sizeof(*evict));

	add(t, obj->resv, job, FROM_BOOKKEEP);
	evict->resv = obj->resv;
	evict->who = WHO_BOOKKEEP;
	ktap_defer(t, waiter_end, evict);
	ktap_assert_eq(t, ktap_thread_start(&evict->thread, waiter_main, evict, "evict"), 0);
	ktap_expect_eq(t, wait(obj->resv, WHO_OTHERS_WRITE, HZ), HZ);
	ktap_expect_eq(t, wait(obj->resv, WHO_READ, HZ), HZ);
	ktap_expect(t, !ktap_thread_ended(&evict->thread, 50));
	dma_fence_signal(job);
	ktap_thread_join(&evict->thread);
	ktap_expect_gt(t, evict->left, 0);
}

/*
 * An object that is freed copies its fences to its own reservation, which must then
 * wait for the same fences.  In the end all references are dropped.
 */
static void free_waits(struct ktap *t)
{
	struct drm_gem_object *shared = fixture_gem(t->priv, PAGE_SIZE);
	struct drm_gem_object *own = fixture_gem_new(t->priv, PAGE_SIZE);
	struct dma_fence *fences[FROM];
	bool all[WHO] = { 1, 1, 1, 1, 1, 1 };
	enum from from;

	for (from = FROM_KERNEL; from <= FROM_BOOKKEEP; from++) {
		fences[from] = new_fence(t);
		add(t, shared->resv, fences[from], from);
	}
	lock(t, own->resv);
	ktap_expect_eq(t, dma_resv_copy_fences(own->resv, shared->resv), 0);
	dma_resv_unlock(own->resv);

	expect_waits(t, own->resv, all);
	for (from = FROM_KERNEL; from < FROM_BOOKKEEP; from++)
		dma_fence_signal(fences[from]);
	expect_waits(t, own->resv, waits[FROM_BOOKKEEP]);

	add(t, shared->resv, new_fence(t), FROM_KERNEL);
	expect_waits(t, own->resv, waits[FROM_BOOKKEEP]);
	lock(t, shared->resv);
	ktap_expect_eq(t, dma_resv_copy_fences(shared->resv, own->resv), 0);
	dma_resv_unlock(shared->resv);
	expect_waits(t, shared->resv, waits[FROM_BOOKKEEP]);

	/*
	 * Freeing the object drops its references, whether or not the fences are
	 * signaled.
	 */
	ktap_expect_eq(t, kref_read(&fences[FROM_BOOKKEEP]->refcount), 3);
	drm_gem_object_put(own);
	ktap_expect_eq(t, kref_read(&fences[FROM_BOOKKEEP]->refcount), 2);
}

/* A new object at the same address has no fences of the old one. */
static void no_heritage(struct ktap *t)
{
	struct drm_gem_object *obj;
	struct dma_fence *fence;
	const void *last = NULL;
	int i, again = 0;

	for (i = 0; i < 64; i++) {
		obj = fixture_gem_new(t->priv, PAGE_SIZE);
		again += obj == last;
		last = obj;
		expect_waits(t, obj->resv, nobody);
		fence = new_fence(t);
		add(t, obj->resv, fence, FROM_BOOKKEEP);
		drm_gem_object_put(obj);
		ktap_expect_eq(t, kref_read(&fence->refcount), 1);
	}
	ktap_note(t, "%d times the same address", again);
}

#define WRITERS	20

/* For other code, several writers are one exclusive fence until all are signalled. */
static void writers_add_up(struct ktap *t)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	struct dma_fence *writers[WRITERS], *reader = new_fence(t), *last = new_fence(t);
	int i;

	add(t, obj->resv, reader, FROM_READ);
	for (i = 0; i < WRITERS; i++) {
		writers[i] = new_fence(t);
		add(t, obj->resv, writers[i], i % 2 ? FROM_KERNEL : FROM_WRITE);
	}
	for (i = 0; i < WRITERS; i++) {
		/*
		 * In an order that differs from the order of adding and from its
		 * reverse
		 */
		expect_waits(t, obj->resv, waits[i == WRITERS - 1 ? FROM_WRITE : FROM_KERNEL]);
		dma_fence_signal(writers[(i * 7 + 1) % WRITERS]);
	}
	expect_waits(t, obj->resv, waits[FROM_READ]);
	dma_fence_signal(reader);
	expect_waits(t, obj->resv, nobody);

	/* Adding a fence drops signaled ones. */
	add(t, obj->resv, last, FROM_WRITE);
	for (i = 0; i < 4; i++) {
		struct dma_fence *more = new_fence(t);

		add(t, obj->resv, more, FROM_READ);
		dma_fence_signal(more);
	}
	expect_waits(t, obj->resv, waits[FROM_WRITE]);
}

/*
 * Adds several fences after one reservation of room, on top of an exclusive fence of
 * other code.
 */
static void writers_at_once(struct ktap *t)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	struct dma_fence *others = new_fence(t), *mine[6], *excl;
	bool all[WHO] = { 1, 1, 1, 1, 1, 1 };
	int i;

	add(t, obj->resv, others, FROM_OTHERS_EXCL);
	lock(t, obj->resv);
	ktap_assert_eq(t, dma_resv_reserve_fences(obj->resv, ARRAY_SIZE(mine)), 0);
	for (i = 0; i < ARRAY_SIZE(mine); i++) {
		mine[i] = new_fence(t);
		dma_resv_add_fence(obj->resv, mine[i], DMA_RESV_USAGE_WRITE);
	}
	dma_resv_unlock(obj->resv);

	expect_waits(t, obj->resv, all);
	dma_fence_signal(others);
	expect_waits(t, obj->resv, waits[FROM_WRITE]);
	excl = dma_resv_get_excl_rcu(obj->resv);
	ktap_expect(t, to_dma_fence_chain(excl));
	for (i = 0; i < ARRAY_SIZE(mine); i++) {
		ktap_expect(t, !dma_fence_is_signaled(excl));
		expect_waits(t, obj->resv, waits[FROM_WRITE]);
		dma_fence_signal(mine[i]);
	}
	ktap_expect(t, dma_fence_is_signaled(excl));
	dma_fence_put(excl);
	expect_waits(t, obj->resv, nobody);
}

/* Data beside a reservation of another owner is dropped, but not too early. */
static void tidy(struct ktap *t)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	struct dma_fence *job = new_fence(t);

	ngv_dma_resv_tidy(obj->resv);
	add(t, obj->resv, job, FROM_BOOKKEEP);
	ngv_dma_resv_tidy(obj->resv);
	expect_waits(t, obj->resv, waits[FROM_BOOKKEEP]);
	dma_fence_signal(job);
	lock(t, obj->resv);
	ngv_dma_resv_tidy(obj->resv);
	ktap_expect_eq(t, kref_read(&job->refcount), 2);
	dma_resv_unlock(obj->resv);
	ngv_dma_resv_tidy(obj->resv);
	ktap_expect_eq(t, kref_read(&job->refcount), 1);
	ngv_dma_resv_tidy(obj->resv);
	job = new_fence(t);
	add(t, obj->resv, job, FROM_BOOKKEEP);
	expect_waits(t, obj->resv, waits[FROM_BOOKKEEP]);
}

/*
 * Returns the time in ps that a walk needs for each of @count fences, which are ours and
 * others' in turn.
 */
static u64 walk_ps(struct ktap *t, unsigned int count)
{
	struct drm_gem_object *obj = fixture_gem(t->priv, PAGE_SIZE);
	struct dma_resv *resv = obj->resv;
	struct dma_resv_iter cursor;
	struct dma_fence *fence;
	unsigned int i, n, round;
	u64 best = U64_MAX;

	lock(t, resv);
	ktap_expect_eq(t, dma_resv_reserve_fences(resv, count), 0);
	for (i = 0; i < count; i++) {
		fence = new_fence(t);
		if (i % 2)
			dma_resv_add_shared_fence(resv, fence);
		else
			dma_resv_add_fence(resv, fence, DMA_RESV_USAGE_READ);
	}
	for (round = 0; round < 9; round++) {
		u64 start = ktime_get_ns();

		n = 0;
		dma_resv_iter_begin(&cursor, resv, DMA_RESV_USAGE_READ);
		for (fence = dma_resv_iter_first(&cursor); fence;
		     fence = dma_resv_iter_next(&cursor))
			n++;
		dma_resv_iter_end(&cursor);
		best = min(best, ktime_get_ns() - start);
	}
	dma_resv_unlock(resv);
	/* Each once, whether the reservation shows it or not. */
	ktap_expect_eq(t, n, count);
	return div_u64(best * 1000, count);
}

/* The time of a walk is proportional to the number of fences. */
static void walk_is_linear(struct ktap *t)
{
	u64 few = walk_ps(t, 256), many = walk_ps(t, 4096);

	ktap_note(t, "per fence: %llu ps of 256, %llu ps of 4096", few, many);
	ktap_expect_lt(t, many, 4 * few);
}

static const struct ktap_case resv_shim_cases[] = {
	KTAP_CASE(each_cell),
	KTAP_CASE(each_pair),
	KTAP_CASE(bookkeep_survives_others),
	KTAP_CASE(eviction_waits),
	KTAP_CASE(free_waits),
	KTAP_CASE(no_heritage),
	KTAP_CASE(writers_add_up),
	KTAP_CASE(writers_at_once),
	KTAP_CASE(tidy),
	KTAP_CASE(walk_is_linear),
	{}
};

const struct ktap_suite resv_shim_suite = {
	.name = "resv_shim",
	.init = fixture_init,
	.cases = resv_shim_cases,
};
