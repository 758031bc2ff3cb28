// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Drop when the oldest supported kernel is 5.19.

#include <linux/dma-fence-array.h>
#include <linux/dma-fence-chain.h>
#include <linux/dma-resv.h>
#include <linux/export.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include <ngv-shadow.h>

/**
 * DOC: Usages in a reservation with only exclusive and shared fences
 *
 * dma_resv_add_fence() keeps each fence with its usage in a list beside the
 * reservation.  The functions of this file use this list, so the four usages are as
 * distinct as in mainline.
 *
 * Drivers and helpers that do not call these functions read the reservation itself.
 * The reservation shows them the fences for which they must wait: KERNEL and WRITE in
 * the exclusive fence, and READ among the shared fences.  BOOKKEEP is not shown,
 * because nobody may wait for it implicitly.  An exclusive fence that stands for
 * several fences is a chain, a type of the kernel that stays valid without this module.
 * Drivers for these kernels assume that shared fences come after the exclusive one, and
 * often wait only for the shared ones.  So each fence in the exclusive fence is a
 * shared fence too.
 *
 * The functions here also read fences that others put into the reservation.  A shared
 * fence counts as READ.  An exclusive fence may be a move or a write, and counts as
 * KERNEL: too much waiting is the lesser evil.  Setting an exclusive fence removes the
 * shared fences of the reservation, because for other drivers it comes after all of
 * them.  The list keeps its fences until they are signaled.
 *
 * The list has an index of its fences by timeline, so that a walk finds out at each
 * fence that others see whether the list has it, in O(1) on average.
 *
 * The reservation's lock protects the list.  The reservation's sequence counter covers
 * the list too, so that a reader without the lock sees a change of either and starts
 * over.  A reservation ends with ngv_dma_resv_fini() or drm_gem_object_release(), which
 * call ngv_dma_resv_forget().
 */

struct ngv_resv_slot {
	struct dma_fence __rcu *fence;
	enum dma_resv_usage usage;
	/* The next slot of the same bucket, counted from 1; 0 at the end */
	u32 next;
	/* The first slot of the bucket with the number of this slot, counted from 1 */
	u32 bucket;
};

struct ngv_resv_list {
	struct rcu_head rcu;
	unsigned int num, max;
	/* Logarithm of the number of buckets, which is at most @max */
	unsigned int bits;
	struct ngv_resv_slot slots[];
};

struct ngv_resv {
	struct ngv_shadow shadow;
	struct rcu_head rcu;
	struct ngv_resv_list __rcu *list;
	/*
	 * The exclusive fence that we set, with a reference; any other is another
	 * driver's.
	 */
	struct dma_fence *shown;
	/* Links for the chain, as adding cannot allocate; @prev links them. */
	struct dma_fence_chain *spare;
	unsigned int num_spare;
	/* @shown was built from @list after the last reservation of room. */
	bool fresh;
};

static struct ngv_resv *ngv_resv_find(const struct dma_resv *obj)
{
	struct ngv_shadow *shadow = ngv_shadow_find(obj);

	return shadow ? container_of(shadow, struct ngv_resv, shadow) : NULL;
}

static struct ngv_resv_list *ngv_resv_list(struct ngv_resv *r, struct dma_resv *obj)
{
	return rcu_dereference_protected(r->list, dma_resv_held(obj));
}

static struct dma_fence *ngv_resv_fence(struct ngv_resv_list *list, unsigned int i,
					struct dma_resv *obj)
{
	return rcu_dereference_protected(list->slots[i].fence, dma_resv_held(obj));
}

/* --------------------------------------------------------------- memory -- */

#define NGV_RESV_FIRST_ROOM	4U

static struct ngv_resv_list *ngv_resv_list_new(unsigned int max)
{
	struct ngv_resv_list *list;

	list = kzalloc(struct_size(list, slots, max), GFP_KERNEL);
	if (list) {
		list->max = max;
		list->bits = ilog2(max);
	}
	return list;
}

/* Returns the bucket of the fences of a timeline. */
static u32 *ngv_resv_bucket(struct ngv_resv_list *list, const struct dma_fence *fence)
{
	return &list->slots[hash_64(fence->context, list->bits)].bucket;
}

/* Adds a slot to the index. */
static void ngv_resv_enter(struct ngv_resv_list *list, unsigned int i,
			   const struct dma_fence *fence)
{
	u32 *bucket = ngv_resv_bucket(list, fence);

	WRITE_ONCE(list->slots[i].next, *bucket);
	WRITE_ONCE(*bucket, i + 1);
}

/* Removes a slot from the index, where it is by the timeline of @fence. */
static void ngv_resv_remove(struct ngv_resv_list *list, unsigned int i,
			    const struct dma_fence *fence)
{
	u32 *at = ngv_resv_bucket(list, fence);

	while (*at != i + 1)
		at = &list->slots[*at - 1].next;
	WRITE_ONCE(*at, list->slots[i].next);
}

/* Makes the index of a list that no other thread reaches yet. */
static void ngv_resv_index(struct ngv_resv_list *list)
{
	unsigned int i;

	for (i = 0; i < list->num; i++)
		ngv_resv_enter(list, i, rcu_dereference_raw(list->slots[i].fence));
}

/* For a list that only readers under RCU can still reach */
static void ngv_resv_list_put_fences(struct ngv_resv_list *list)
{
	while (list->num)
		dma_fence_put(rcu_dereference_raw(list->slots[--list->num].fence));
}

static void ngv_resv_list_free(struct ngv_resv_list *list)
{
	if (!list)
		return;
	ngv_resv_list_put_fences(list);
	kfree(list);
}

static struct dma_fence_chain *ngv_resv_pop_spare(struct ngv_resv *r)
{
	struct dma_fence_chain *link = r->spare;

	if (link) {
		r->spare = (void *)rcu_dereference_raw(link->prev);
		r->num_spare--;
	}
	return link;
}

static int ngv_resv_want_spares(struct ngv_resv *r, unsigned int num)
{
	struct dma_fence_chain *link;

	while (r->num_spare < num) {
		link = kmalloc(sizeof(*link), GFP_KERNEL);
		if (!link)
			return -ENOMEM;
		RCU_INIT_POINTER(link->prev, (void *)r->spare);
		r->spare = link;
		r->num_spare++;
	}
	return 0;
}

/* Frees everything but the memory that readers under RCU may still read. */
static void ngv_resv_release(struct ngv_resv *r, struct ngv_resv_list *list)
{
	struct dma_fence_chain *link;

	while ((link = ngv_resv_pop_spare(r)))
		kfree(link);
	if (list)
		ngv_resv_list_put_fences(list);
	dma_fence_put(r->shown);
}

static void ngv_resv_drop(struct ngv_shadow *shadow)
{
	struct ngv_resv *r = container_of(shadow, struct ngv_resv, shadow);
	struct ngv_resv_list *list = rcu_dereference_raw(r->list);

	ngv_resv_release(r, list);
	kfree(list);
	kfree(r);
}

static struct ngv_resv *ngv_resv_get(struct dma_resv *obj)
{
	struct ngv_resv *r = ngv_resv_find(obj);

	if (r)
		return r;
	r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return NULL;
	r->shadow.drop = ngv_resv_drop;
	/* The caller holds the reservation's lock, so nobody else adds one. */
	ngv_shadow_add(&r->shadow, obj);
	return r;
}

/* ------------------------------------------------------------ reserving -- */

/* Copies the fences that are not signaled to the start of @to. */
static unsigned int ngv_resv_gather(struct dma_resv *obj, struct ngv_resv_list *from,
				    struct ngv_resv_list *to)
{
	unsigned int i, num = 0;

	for (i = 0; i < from->num; i++) {
		struct dma_fence *fence = ngv_resv_fence(from, i, obj);

		if (dma_fence_is_signaled(fence))
			continue;
		rcu_assign_pointer(to->slots[num].fence, dma_fence_get(fence));
		to->slots[num++].usage = from->slots[i].usage;
	}
	return num;
}

static int ngv_resv_make_room(struct dma_resv *obj, struct ngv_resv *r,
			      unsigned int num_fences)
{
	struct ngv_resv_list *old = ngv_resv_list(r, obj), *list;
	unsigned int wanted = num_fences;

	if (old) {
		if (old->max - old->num >= num_fences)
			return 0;
		wanted = max(old->num + num_fences, old->max * 2);
	}
	list = ngv_resv_list_new(max(wanted, NGV_RESV_FIRST_ROOM));
	if (!list)
		return -ENOMEM;
	if (old)
		list->num = ngv_resv_gather(obj, old, list);
	ngv_resv_index(list);

	write_seqcount_begin(&obj->seq);
	rcu_assign_pointer(r->list, list);
	write_seqcount_end(&obj->seq);
	if (old) {
		ngv_resv_list_put_fences(old);
		kfree_rcu(old, rcu);
	}
	return 0;
}

/**
 * dma_resv_reserve_fences() - makes room for fences
 * @obj: the reservation, locked
 * @num_fences: number of calls of dma_resv_add_fence() that will follow, at least 1
 *
 * The room stays reserved until the lock is dropped.  May sleep.
 *
 * Return: 0, -EINVAL or -ENOMEM.  Semantics: mainline 6.12.
 */
int dma_resv_reserve_fences(struct dma_resv *obj, unsigned int num_fences)
{
	struct ngv_resv *r;
	int err;

	dma_resv_assert_held(obj);
	if (WARN_ON_ONCE(!num_fences))
		return -EINVAL;

	r = ngv_resv_get(obj);
	if (!r)
		return -ENOMEM;
	/* One more for an exclusive fence of another driver */
	err = dma_resv_reserve_shared(obj, num_fences + 1);
	if (!err)
		err = ngv_resv_make_room(obj, r, num_fences + 1);
	/* A link for each fence in the list, and for each that will be added */
	if (!err)
		err = ngv_resv_want_spares(r, ngv_resv_list(r, obj)->num + num_fences + 1);
	r->fresh = false;
	return err;
}
EXPORT_SYMBOL(dma_resv_reserve_fences);

/* --------------------------------------------------------------- adding -- */

/* Returns the slot for @fence: one whose fence is not needed any more, or the end. */
static unsigned int ngv_resv_place(struct dma_resv *obj, struct ngv_resv_list *list,
				   struct dma_fence *fence, enum dma_resv_usage usage)
{
	unsigned int i;

	for (i = 0; i < list->num; i++) {
		struct dma_fence *old = ngv_resv_fence(list, i, obj);

		if (dma_fence_is_signaled(old))
			break;
		if (old->context == fence->context && list->slots[i].usage >= usage &&
		    !dma_fence_is_later(old, fence))
			break;
	}
	return i;
}

/* Returns whether there was room for @fence. */
static bool ngv_resv_put(struct dma_resv *obj, struct ngv_resv_list *list,
			 struct dma_fence *fence, enum dma_resv_usage usage)
{
	unsigned int i = ngv_resv_place(obj, list, fence, usage);
	struct dma_fence *old = NULL;

	if (i == list->max)
		return false;
	dma_fence_get(fence);
	if (i < list->num)
		old = ngv_resv_fence(list, i, obj);
	write_seqcount_begin(&obj->seq);
	if (old)
		ngv_resv_remove(list, i, old);
	rcu_assign_pointer(list->slots[i].fence, fence);
	WRITE_ONCE(list->slots[i].usage, usage);
	ngv_resv_enter(list, i, fence);
	if (!old)
		WRITE_ONCE(list->num, i + 1);
	write_seqcount_end(&obj->seq);
	dma_fence_put(old);
	return true;
}

/* Returns a chain of @prev, whose reference it takes over, and @fence. */
static struct dma_fence *ngv_resv_link(struct ngv_resv *r, struct dma_fence *prev,
				       struct dma_fence *fence)
{
	struct dma_fence_chain *link;

	if (!prev)
		return dma_fence_get(fence);
	link = ngv_resv_pop_spare(r);
	if (WARN_ON_ONCE(!link)) {
		/* Nothing was reserved: waiting here is better than losing @prev. */
		dma_fence_wait(prev, false);
		dma_fence_put(prev);
		return dma_fence_get(fence);
	}
	dma_fence_chain_init(link, prev, dma_fence_get(fence), 1);
	return &link->base;
}

/* Adds @fence to the exclusive fence, or builds it from the list. */
static void ngv_resv_show(struct dma_resv *obj, struct ngv_resv *r,
			  struct dma_fence *fence)
{
	struct ngv_resv_list *list = ngv_resv_list(r, obj);
	struct dma_fence *excl = rcu_dereference_protected(obj->fence_excl,
							   dma_resv_held(obj));
	struct dma_fence *head = NULL, *shown = r->shown;
	unsigned int i;

	if (r->fresh) {
		head = ngv_resv_link(r, dma_fence_get(excl), fence);
	} else {
		/* Leave out fences that are signaled or no longer in the list. */
		for (i = 0; i < list->num; i++) {
			struct dma_fence *f = ngv_resv_fence(list, i, obj);

			if (list->slots[i].usage <= DMA_RESV_USAGE_WRITE &&
			    !dma_fence_is_signaled(f))
				head = ngv_resv_link(r, head, f);
		}
		r->fresh = true;
	}

	dma_fence_get(head);
	write_seqcount_begin(&obj->seq);
	rcu_assign_pointer(obj->fence_excl, head);
	WRITE_ONCE(r->shown, head);
	write_seqcount_end(&obj->seq);
	dma_fence_put(excl);
	dma_fence_put(shown);
}

/* Shows @fence, which is in the list, to drivers that read the reservation itself. */
static void ngv_resv_tell(struct dma_resv *obj, struct ngv_resv *r,
			  struct dma_fence *fence, enum dma_resv_usage usage)
{
	struct dma_fence *excl = rcu_dereference_protected(obj->fence_excl,
							   dma_resv_held(obj));

	if (usage > DMA_RESV_USAGE_READ)
		return;
	if (excl && excl != r->shown && !dma_fence_is_signaled(excl)) {
		dma_resv_add_shared_fence(obj, excl);
		/* Our exclusive fence replaces it: keep it in the list. */
		if (usage <= DMA_RESV_USAGE_WRITE)
			ngv_resv_put(obj, ngv_resv_list(r, obj), excl, DMA_RESV_USAGE_KERNEL);
	}
	if (usage <= DMA_RESV_USAGE_WRITE)
		ngv_resv_show(obj, r, fence);
	dma_resv_add_shared_fence(obj, fence);
}

/**
 * dma_resv_add_fence() - adds a fence
 * @obj: the reservation, locked, with room from dma_resv_reserve_fences()
 * @fence: the fence; a reference is taken
 * @usage: the usage of the fence
 *
 * Replaces an earlier fence of the same timeline with the same or a weaker usage.  Does
 * not allocate.  Semantics: mainline 6.12.
 */
void dma_resv_add_fence(struct dma_resv *obj, struct dma_fence *fence,
			enum dma_resv_usage usage)
{
	struct ngv_resv *r = ngv_resv_find(obj);
	struct ngv_resv_list *list = r ? ngv_resv_list(r, obj) : NULL;

	dma_resv_assert_held(obj);
	/* The caller has reserved no room.  Mainline crashes here. */
	if (WARN_ON_ONCE(!list || !ngv_resv_put(obj, list, fence, usage)))
		return;
	ngv_resv_tell(obj, r, fence, usage);
}
EXPORT_SYMBOL(dma_resv_add_fence);

/* -------------------------------------------------------------- looking -- */

/*
 * Returns whether a walk for @usage finds @fence, or a later fence of its timeline, in
 * the list.  Without the reservation's lock another thread may change the index
 * meanwhile, so @num is also the limit of steps.
 */
static bool ngv_resv_covers(struct ngv_resv_list *list, unsigned int num,
			    struct dma_fence *fence, enum dma_resv_usage usage)
{
	u32 at = num ? READ_ONCE(*ngv_resv_bucket(list, fence)) : 0;

	for (; at && num; at = READ_ONCE(list->slots[at - 1].next), num--) {
		struct dma_fence *mine = rcu_dereference(list->slots[at - 1].fence);

		if (mine && mine->context == fence->context &&
		    READ_ONCE(list->slots[at - 1].usage) <= usage &&
		    !dma_fence_is_later(fence, mine))
			return true;
	}
	return false;
}

/*
 * Gets the fence at @index: first the list, then the exclusive fence, then the shared
 * ones. *@fence is NULL if there is no fence at @index, or the list has it.  Called
 * under RCU.  Without the reservation's lock, the result is valid only if the sequence
 * counter has not changed.
 *
 * Return: false after the last fence.
 */
static bool ngv_resv_look(struct dma_resv *obj, unsigned int index,
			  struct dma_fence **fence, enum dma_resv_usage *usage)
{
	struct ngv_resv *r = ngv_resv_find(obj);
	struct ngv_resv_list *list = r ? rcu_dereference(r->list) : NULL;
	unsigned int num = list ? READ_ONCE(list->num) : 0;
	struct dma_fence *excl = rcu_dereference(obj->fence_excl);
	struct dma_resv_list *shared;

	*fence = NULL;
	if (index < num) {
		*fence = rcu_dereference(list->slots[index].fence);
		*usage = READ_ONCE(list->slots[index].usage);
		return true;
	}
	index -= num;
	if (!index) {
		*usage = DMA_RESV_USAGE_KERNEL;
		if (excl && (!r || excl != READ_ONCE(r->shown)) &&
		    !ngv_resv_covers(list, num, excl, *usage))
			*fence = excl;
		return true;
	}
	index--;
	shared = rcu_dereference(obj->fence);
	if (!shared || index >= READ_ONCE(shared->shared_count))
		return false;
	*fence = rcu_dereference(shared->shared[index]);
	*usage = DMA_RESV_USAGE_READ;
	/* The list may have dropped a signaled fence. */
	if (*fence && (*fence == excl || ngv_resv_covers(list, num, *fence, *usage) ||
		       test_bit(DMA_FENCE_FLAG_SIGNALED_BIT, &(*fence)->flags)))
		*fence = NULL;
	return true;
}

static void ngv_resv_iter_start(struct dma_resv_iter *cursor)
{
	cursor->seq = read_seqcount_begin(&cursor->obj->seq);
	cursor->index = 0;
	cursor->is_restarted = true;
}

/* One step without the lock.  NULL is the end only if the counter has not changed. */
static struct dma_fence *ngv_resv_iter_step(struct dma_resv_iter *cursor)
{
	struct dma_fence *fence;

	while (ngv_resv_look(cursor->obj, cursor->index++, &fence, &cursor->fence_usage)) {
		if (!fence || cursor->fence_usage > cursor->usage)
			continue;
		/* If the fence is being freed, the counter has changed. */
		fence = dma_fence_get_rcu(fence);
		if (!fence)
			return NULL;
		if (!dma_fence_is_signaled(fence))
			return fence;
		dma_fence_put(fence);
	}
	return NULL;
}

static struct dma_fence *ngv_resv_iter_walk(struct dma_resv_iter *cursor)
{
	dma_fence_put(cursor->fence);
	rcu_read_lock();
	while (cursor->fence = ngv_resv_iter_step(cursor),
	       read_seqcount_retry(&cursor->obj->seq, cursor->seq)) {
		dma_fence_put(cursor->fence);
		ngv_resv_iter_start(cursor);
	}
	rcu_read_unlock();
	return cursor->fence;
}

/**
 * dma_resv_iter_first_unlocked() - starts a walk without the lock
 * @cursor: the walk, after dma_resv_iter_begin()
 *
 * Context: process context.  Semantics: mainline 6.12.
 * Return: the first fence that is not signaled, or NULL.
 */
struct dma_fence *dma_resv_iter_first_unlocked(struct dma_resv_iter *cursor)
{
	ngv_resv_iter_start(cursor);
	return ngv_resv_iter_walk(cursor);
}
EXPORT_SYMBOL(dma_resv_iter_first_unlocked);

/**
 * dma_resv_iter_next_unlocked() - continues a walk without the lock
 * @cursor: the walk
 *
 * Context: process context.  Semantics: mainline 6.12.
 * Return: the next fence that is not signaled, or NULL.  If the reservation has
 * changed, the first such fence.
 */
struct dma_fence *dma_resv_iter_next_unlocked(struct dma_resv_iter *cursor)
{
	cursor->is_restarted = false;
	return ngv_resv_iter_walk(cursor);
}
EXPORT_SYMBOL(dma_resv_iter_next_unlocked);

/* Returns the first fence from @index on whose usage counts.  The lock is held. */
static struct dma_fence *ngv_resv_from(struct dma_resv_iter *cursor,
				       unsigned int index)
{
	struct dma_fence *fence;
	bool more;

	dma_resv_assert_held(cursor->obj);
	rcu_read_lock();
	do {
		more = ngv_resv_look(cursor->obj, index++, &fence,
				     &cursor->fence_usage);
	} while (more && (!fence || cursor->fence_usage > cursor->usage));
	rcu_read_unlock();
	cursor->index = index;
	return fence;
}

/**
 * dma_resv_iter_first() - starts a walk with the lock held
 * @cursor: the walk, after dma_resv_iter_begin()
 *
 * Semantics: mainline 6.12.
 * Return: the first fence, signaled or not, without a reference; or NULL.
 */
struct dma_fence *dma_resv_iter_first(struct dma_resv_iter *cursor)
{
	struct dma_fence *found = ngv_resv_from(cursor, 0);

	/* The caller must discard the results of an earlier walk. */
	cursor->is_restarted = true;
	return found;
}
EXPORT_SYMBOL(dma_resv_iter_first);

/**
 * dma_resv_iter_next() - continues a walk with the lock held
 * @cursor: the walk
 *
 * Semantics: mainline 6.12.
 * Return: the next fence, signaled or not, without a reference; or NULL.
 */
struct dma_fence *dma_resv_iter_next(struct dma_resv_iter *cursor)
{
	cursor->is_restarted = false;
	return ngv_resv_from(cursor, cursor->index);
}
EXPORT_SYMBOL(dma_resv_iter_next);

/**
 * dma_resv_test_signaled() - checks whether all fences are signaled
 * @obj: the reservation
 * @usage: checks the fences of this usage and of stronger ones
 *
 * Context: process context, no lock needed.  Semantics: mainline 6.12.
 * Return: true if all these fences are signaled.
 */
bool dma_resv_test_signaled(struct dma_resv *obj, enum dma_resv_usage usage)
{
	struct dma_resv_iter cursor;
	bool idle;

	dma_resv_iter_begin(&cursor, obj, usage);
	idle = !dma_resv_iter_first_unlocked(&cursor);
	dma_resv_iter_end(&cursor);
	return idle;
}
EXPORT_SYMBOL(dma_resv_test_signaled);

/**
 * dma_resv_wait_timeout() - waits for fences
 * @obj: the reservation
 * @usage: waits for the fences of this usage and of stronger ones
 * @intr: true if a signal ends the wait
 * @timeout: maximum time in jiffies; 0: only check
 *
 * Context: process context, no lock needed.  Semantics: mainline 6.12.
 * Return: the remaining time, at least 1; 0 after a timeout; -ERESTARTSYS.
 */
long dma_resv_wait_timeout(struct dma_resv *obj, enum dma_resv_usage usage,
			   bool intr, unsigned long timeout)
{
	long left = timeout ?: 1;
	struct dma_resv_iter cursor;
	struct dma_fence *fence;

	dma_resv_iter_begin(&cursor, obj, usage);
	dma_resv_for_each_fence_unlocked(&cursor, fence) {
		left = dma_fence_wait_timeout(fence, intr, timeout ? left : 0);
		if (left <= 0)
			break;
	}
	dma_resv_iter_end(&cursor);
	return left;
}
EXPORT_SYMBOL(dma_resv_wait_timeout);

/* -------------------------------------------------------------- copying -- */

/*
 * Returns a list of the fences that are not signaled, with references, or NULL if there
 * is no memory.
 */
static struct ngv_resv_list *ngv_resv_snapshot(struct dma_resv *obj,
					       enum dma_resv_usage usage)
{
	struct ngv_resv_list *list = ngv_resv_list_new(NGV_RESV_FIRST_ROOM);
	struct dma_resv_iter cursor;
	struct dma_fence *fence;

	dma_resv_iter_begin(&cursor, obj, usage);
	dma_resv_for_each_fence_unlocked(&cursor, fence) {
		if (!list)
			break;
		if (dma_resv_iter_is_restarted(&cursor))
			ngv_resv_list_put_fences(list);
		if (list->num == list->max) {
			struct ngv_resv_list *more = ngv_resv_list_new(list->max * 2);

			if (!more) {
				ngv_resv_list_free(list);
				list = NULL;
				break;
			}
			/* The lists have no index yet. */
			memcpy(more->slots, list->slots, list->num * sizeof(*list->slots));
			more->num = list->num;
			kfree(list);
			list = more;
		}
		RCU_INIT_POINTER(list->slots[list->num].fence, dma_fence_get(fence));
		list->slots[list->num++].usage = dma_resv_iter_usage(&cursor);
	}
	dma_resv_iter_end(&cursor);
	return list;
}

/**
 * dma_resv_get_fences() - gets all fences of a usage
 * @obj: the reservation
 * @usage: gets the fences of this usage and of stronger ones
 * @num_fences: set to the number of fences
 * @fences: set to an array of the fences, each with a reference, to be freed with
 *	kfree(); NULL if there is no fence
 *
 * Context: process context, may sleep, no lock needed.  Semantics: mainline 6.12.
 * Return: 0 or -ENOMEM.
 */
int dma_resv_get_fences(struct dma_resv *obj, enum dma_resv_usage usage,
			unsigned int *num_fences, struct dma_fence ***fences)
{
	struct ngv_resv_list *list = ngv_resv_snapshot(obj, usage);
	struct dma_fence **got = NULL;
	unsigned int i;

	*num_fences = 0;
	*fences = NULL;
	if (list && list->num)
		got = kmalloc_array(list->num, sizeof(*got), GFP_KERNEL);
	if (!list || (list->num && !got)) {
		ngv_resv_list_free(list);
		return -ENOMEM;
	}
	for (i = 0; i < list->num; i++)
		got[i] = rcu_dereference_raw(list->slots[i].fence);
	*num_fences = list->num;
	*fences = got;
	kfree(list);
	return 0;
}
EXPORT_SYMBOL(dma_resv_get_fences);

/**
 * dma_resv_get_singleton() - gets all fences of a usage as one fence
 * @obj: the reservation
 * @usage: gets the fences of this usage and of stronger ones
 * @fence: set to the only fence, to a &struct dma_fence_array of several, or to NULL;
 *	with a reference
 *
 * Context: process context, may sleep, no lock needed.  Semantics: mainline 6.12.
 * Return: 0 or -ENOMEM.
 */
int dma_resv_get_singleton(struct dma_resv *obj, enum dma_resv_usage usage,
			   struct dma_fence **fence)
{
	struct dma_fence_array *all;
	struct dma_fence **got;
	unsigned int left;
	int ret = dma_resv_get_fences(obj, usage, &left, &got);

	*fence = NULL;
	if (ret || !left)
		return ret;

	if (left > 1) {
		all = dma_fence_array_create(left, got, dma_fence_context_alloc(1),
					     1, false);
		if (all) {
			/* The array takes over the fences and the memory of the list. */
			*fence = &all->base;
			return 0;
		}
		ret = -ENOMEM;
	} else {
		*fence = got[--left];
	}
	while (left)
		dma_fence_put(got[--left]);
	kfree(got);
	return ret;
}
EXPORT_SYMBOL(dma_resv_get_singleton);

/**
 * dma_resv_copy_fences() - copies the fences of one reservation to another
 * @dst: the destination, locked; its fences are dropped
 * @src: the source
 *
 * Drivers that read @dst itself may find no fence for a moment.  May sleep.
 * Semantics: mainline 6.12.
 *
 * Return: 0, or -ENOMEM, and @dst is unchanged.
 */
int dma_resv_copy_fences(struct dma_resv *dst, struct dma_resv *src)
{
	struct ngv_resv_list *list, *old;
	struct ngv_resv *r;
	unsigned int i;
	int err = 0;

	dma_resv_assert_held(dst);
	list = ngv_resv_snapshot(src, DMA_RESV_USAGE_BOOKKEEP);
	if (!list)
		return -ENOMEM;
	/* For the links of the chain, and for the kernel's list of shared fences */
	err = dma_resv_reserve_fences(dst, max(list->num, 1U));
	if (err) {
		ngv_resv_list_free(list);
		return err;
	}

	r = ngv_resv_find(dst);
	old = ngv_resv_list(r, dst);
	ngv_resv_index(list);
	write_seqcount_begin(&dst->seq);
	rcu_assign_pointer(r->list, list);
	write_seqcount_end(&dst->seq);
	ngv_resv_list_put_fences(old);
	kfree_rcu(old, rcu);

	/* This call removes the shared fences too. */
	dma_resv_add_excl_fence(dst, NULL);
	ngv_resv_show(dst, r, NULL);
	for (i = 0; i < list->num; i++)
		if (list->slots[i].usage <= DMA_RESV_USAGE_READ)
			dma_resv_add_shared_fence(dst, ngv_resv_fence(list, i, dst));
	/* The list has no room left. */
	r->fresh = false;
	return 0;
}
EXPORT_SYMBOL(dma_resv_copy_fences);

/* --------------------------------------------------------------- ending -- */

/**
 * ngv_dma_resv_forget() - drops the data beside a reservation
 * @obj: the reservation, which no other thread uses; its memory may be gone
 *
 * For reservations that the kernel's own code ends.  Process context.
 */
void ngv_dma_resv_forget(struct dma_resv *obj)
{
	struct ngv_shadow *shadow = ngv_shadow_take(obj);

	if (shadow)
		shadow->drop(shadow);
}
EXPORT_SYMBOL(ngv_dma_resv_forget);

static bool ngv_resv_idle(struct dma_resv *obj, struct ngv_resv_list *list)
{
	unsigned int i;

	for (i = 0; list && i < list->num; i++)
		if (!dma_fence_is_signaled(ngv_resv_fence(list, i, obj)))
			return false;
	return true;
}

/**
 * ngv_dma_resv_tidy() - drops the data beside a reservation if all fences are signaled
 * @obj: the reservation, which exists
 *
 * For an importer that drops a reservation of another owner.  Does nothing if the
 * reservation is locked or a fence is not signaled: the next importer tries again.
 * Process context.
 */
void ngv_dma_resv_tidy(struct dma_resv *obj)
{
	struct ngv_resv_list *list;
	struct ngv_resv *r;

	if (!dma_resv_trylock(obj))
		return;
	r = ngv_resv_find(obj);
	list = r ? ngv_resv_list(r, obj) : NULL;
	if (r && ngv_resv_idle(obj, list)) {
		write_seqcount_begin(&obj->seq);
		ngv_shadow_take(obj);
		write_seqcount_end(&obj->seq);
		ngv_resv_release(r, list);
		if (list)
			kfree_rcu(list, rcu);
		kfree_rcu(r, rcu);
	}
	dma_resv_unlock(obj);
}
EXPORT_SYMBOL(ngv_dma_resv_tidy);
