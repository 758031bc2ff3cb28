// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: external and evicted objects
 *
 * A VM has a list of the external objects it maps, to lock them, and a list of
 * those that were evicted, to validate them.
 *
 * Locking: there are two ways to protect these lists.
 *
 * - The VM's dma-resv, if it is %DRM_GPUVM_RESV_PROTECTED.  The driver holds it
 *   in all functions that touch the lists.  An external object may be evicted
 *   by somebody who holds the object's dma-resv and not the VM's; so eviction
 *   only marks it, and drm_gpuvm_prepare_objects(), which has both, puts it on
 *   the list.
 * - A spinlock for each list.  Members may then join and leave while a walk is
 *   under way, which cannot keep the spinlock: what it does with each member
 *   sleeps.
 *
 * There can be one walk of a list at a time; the driver sees to that.  It takes
 * members in batches and takes no references to them: a pair whose last reference
 * goes while a walk is under way leaves the list at once, and is freed at the
 * walk's end.  The list remembers what the walk visits next; one that leaves hands
 * that on.
 *
 * A pair may thus be replaced by another for the same object before the walk
 * gets to lock the object; so who joins the external objects meanwhile does so
 * behind the walk and is left to the next, and no object is met twice.  An exec
 * that overlaps with a bind in time has no claim to see it.  Who joins the evicted
 * objects does so at the end and is still visited: validating one object may
 * evict another.
 *
 * Complexity: O(1) for each member, and one lock for a batch of them.
 */

#include <drm/drm_print.h>

#include "internal.h"

/* NULL if the VM's dma-resv is the lock; checks that it is held then. */
static spinlock_t *lock_of(struct drm_gpuvm *vm, struct drm_gpuvm_bo_list *l)
{
	if (!drm_gpuvm_resv_protected(vm))
		return &l->lock;
	drm_gpuvm_resv_assert_held(vm);
	return NULL;
}

static void lock_list(spinlock_t *lock) __acquires(lock)
{
	if (lock)
		spin_lock(lock);
	else
		__acquire(lock);
}

static void unlock_list(spinlock_t *lock) __releases(lock)
{
	if (lock)
		spin_unlock(lock);
	else
		__release(lock);
}

/*
 * Whether a pair is on a list changes only under a lock that the caller has:
 * the object's dma-resv or the last reference.  What other members do to the
 * entry meanwhile changes its neighbours, and never to the entry itself.
 */
static void add_entry(struct drm_gpuvm *vm, struct drm_gpuvm_bo_list *l,
		      struct list_head *entry, bool behind_walk)
{
	spinlock_t *lock = lock_of(vm, l);

	if (!list_empty_careful(entry))
		return;

	lock_list(lock);
	/* Two may add the same external object at once. */
	if (list_empty(entry)) {
		list_add_tail(entry, behind_walk && l->next ? l->next : &l->list);
		if (!behind_walk && l->next == &l->list)
			l->next = entry;
	}
	unlock_list(lock);
}

static void unlink_entry(struct drm_gpuvm_bo_list *l, struct list_head *entry)
{
	if (l->next == entry)
		l->next = entry->next;
	list_del_init(entry);
}

static void leave(struct drm_gpuvm *vm, struct drm_gpuvm_bo_list *l, struct list_head *entry)
{
	spinlock_t *lock = lock_of(vm, l);

	if (list_empty_careful(entry))
		return;
	lock_list(lock);
	unlink_entry(l, entry);
	unlock_list(lock);
}

/**
 * gpuvm_bo_list_init() - makes an empty list
 * @l: the list
 */
void gpuvm_bo_list_init(struct drm_gpuvm_bo_list *l)
{
	INIT_LIST_HEAD(&l->list);
	INIT_LIST_HEAD(&l->doomed);
	l->next = NULL;
	spin_lock_init(&l->lock);
}

/* Leaves for good: a walk that may have seen the pair has to end first. */
static void leave_for_good(struct drm_gpuvm_bo *vm_bo, struct drm_gpuvm_bo_list *l,
			   struct list_head *entry)
{
	spinlock_t *lock = lock_of(vm_bo->vm, l);

	/* It may have left already, and a walk have seen it before that. */
	lock_list(lock);
	unlink_entry(l, entry);
	if (l->next) {
		atomic_inc(&vm_bo->walks);
		list_add_tail(entry, &l->doomed);
	}
	unlock_list(lock);
}

/**
 * gpuvm_bo_lists_left() - takes a pair that is to be freed off its VM's lists
 * @vm_bo: the pair, without references
 *
 * Return: whether the caller is to free it; if not, a walk that is under way will.
 */
bool gpuvm_bo_lists_left(struct drm_gpuvm_bo *vm_bo)
{
	struct drm_gpuvm *vm = vm_bo->vm;

	atomic_set(&vm_bo->walks, 1);
	leave_for_good(vm_bo, &vm->extobj, &vm_bo->list.entry.extobj);
	leave_for_good(vm_bo, &vm->evict, &vm_bo->list.entry.evict);
	return atomic_dec_and_test(&vm_bo->walks);
}

/**
 * gpuvm_bo_lists_leave() - the same, and frees it
 * @vm_bo: the pair, without references
 */
void gpuvm_bo_lists_leave(struct drm_gpuvm_bo *vm_bo)
{
	if (gpuvm_bo_lists_left(vm_bo))
		gpuvm_bo_free(vm_bo);
}

/**
 * gpuvm_evict_join() - puts a pair on the list of evicted objects
 * @vm_bo: the pair; the dma-resv of its object is held
 */
void gpuvm_evict_join(struct drm_gpuvm_bo *vm_bo)
{
	add_entry(vm_bo->vm, &vm_bo->vm->evict, &vm_bo->list.entry.evict, false);
}

/**
 * gpuvm_evict_leave() - takes a pair off the list of evicted objects
 * @vm_bo: the pair; the dma-resv of its object is held
 */
void gpuvm_evict_leave(struct drm_gpuvm_bo *vm_bo)
{
	leave(vm_bo->vm, &vm_bo->vm->evict, &vm_bo->list.entry.evict);
}

/**
 * drm_gpuvm_bo_extobj_add() - has the VM lock the object of a pair
 * @vm_bo: the pair; nothing happens if its object is not external
 *
 * The caller holds the VM's dma-resv if the VM is %DRM_GPUVM_RESV_PROTECTED,
 * else a reference is enough.  Does not allocate or sleep.
 * Semantics: mainline 6.12.
 */
void drm_gpuvm_bo_extobj_add(struct drm_gpuvm_bo *vm_bo)
{
	struct drm_gpuvm *vm = vm_bo->vm;

	if (drm_gpuvm_resv_protected(vm))
		drm_gpuvm_resv_assert_held(vm);
	if (drm_gpuvm_is_extobj(vm, vm_bo->obj))
		add_entry(vm, &vm->extobj, &vm_bo->list.entry.extobj, true);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_bo_extobj_add);

/**
 * drm_gpuvm_bo_evict() - tells a VM that an object was evicted or is back
 * @vm_bo: the pair of VM and object
 * @evict: whether the object is evicted now
 *
 * The caller holds the object's dma-resv.  Does not allocate or sleep.
 * Semantics: mainline 6.12.
 */
void drm_gpuvm_bo_evict(struct drm_gpuvm_bo *vm_bo, bool evict)
{
	struct drm_gpuvm *vm = vm_bo->vm;

	dma_resv_assert_held(vm_bo->obj->resv);
	vm_bo->evicted = evict;

	/* The list's lock is not held here: later, in prepare_objects. */
	if (drm_gpuvm_resv_protected(vm) && drm_gpuvm_is_extobj(vm, vm_bo->obj))
		return;

	if (evict)
		gpuvm_evict_join(vm_bo);
	else
		gpuvm_evict_leave(vm_bo);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_bo_evict);

/**
 * gpuvm_walk_begin() - starts a walk
 * @vm: the VM
 * @l: one of its lists
 *
 * Return: 0, or -EBUSY with a warning if a walk is under way already.
 */
int gpuvm_walk_begin(struct drm_gpuvm *vm, struct drm_gpuvm_bo_list *l)
{
	spinlock_t *lock = lock_of(vm, l);
	bool alone;

	lock_list(lock);
	alone = !l->next;
	if (alone)
		l->next = l->list.next;
	unlock_list(lock);
	return drm_WARN(vm->drm, !alone, "two walks of a GPUVM list at once\n") ? -EBUSY : 0;
}

/**
 * gpuvm_walk_end() - ends a walk, at the end of the list or before
 * @vm: the VM, to which the caller has a reference
 * @l: the list of gpuvm_walk_begin()
 *
 * May sleep.
 */
void gpuvm_walk_end(struct drm_gpuvm *vm, struct drm_gpuvm_bo_list *l)
{
	spinlock_t *lock = lock_of(vm, l);
	LIST_HEAD(doomed);

	lock_list(lock);
	l->next = NULL;
	list_splice_init(&l->doomed, &doomed);
	unlock_list(lock);

	while (!list_empty(&doomed)) {
		struct list_head *entry = doomed.next;
		struct drm_gpuvm_bo *pair = l == &vm->extobj ?
			list_entry(entry, struct drm_gpuvm_bo, list.entry.extobj) :
			list_entry(entry, struct drm_gpuvm_bo, list.entry.evict);

		list_del_init(entry);
		if (atomic_dec_and_test(&pair->walks))
			gpuvm_bo_free(pair);
	}
}

/**
 * gpuvm_walk_some() - some more members of a list
 * @vm: the VM
 * @l: the list, of which a walk is under way
 * @entries: gets their links; the pairs stay until gpuvm_walk_end(), although they
 *	may leave the list and lose their last reference
 * @max: how many at most
 *
 * Return: how many; 0 at the end of the list.
 */
unsigned int gpuvm_walk_some(struct drm_gpuvm *vm, struct drm_gpuvm_bo_list *l,
			     struct list_head **entries, unsigned int max)
{
	spinlock_t *lock = lock_of(vm, l);
	struct list_head *pos;
	unsigned int n = 0;

	lock_list(lock);
	for (pos = l->next; n < max && !list_is_head(pos, &l->list); pos = pos->next)
		entries[n++] = pos;
	l->next = pos;
	unlock_list(lock);
	return n;
}
