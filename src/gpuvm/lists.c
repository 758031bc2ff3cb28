// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: external and evicted objects
 *
 * A VM has a list of the external objects that it maps, to lock them.  A second list
 * holds the evicted objects, to validate them.
 *
 * Locking: there are two ways to protect these lists, "the list's lock" below.
 *
 * - The VM's dma-resv, if the VM is %DRM_GPUVM_RESV_PROTECTED.  The driver holds it in
 *   all functions that use the lists.  A caller that evicts an external object may hold
 *   the object's dma-resv but not the VM's.  So eviction only marks the vm_bo, and
 *   drm_gpuvm_prepare_objects(), whose caller holds both, adds it to the list.
 * - A spinlock for each list.  A walk sleeps at each member, so it cannot hold the
 *   spinlock, and vm_bos may join and leave the list during a walk.
 *
 * The driver runs one walk of a list at a time.  A walk takes members in batches and
 * takes no references to them.  The list remembers the next member for the walk.  If
 * this member leaves the list, its successor takes its place.
 *
 * A vm_bo is in one state of this table.  "On a list" and "walked" are said of each of
 * the two lists apart; the rest is said of the vm_bo.
 *
 *	state	  references  on a list	   found by lookups  freed by
 *	-----	  ----------  ---------	   ----------------  --------
 *	off	  yes	      no	   yes		     -
 *	on list	  yes	      yes	   yes		     -
 *	walked	  yes	      yes or no	   yes		     -
 *	retired	  no	      see below	   no		     deferred cleanup
 *	doomed	  no	      no	   no		     the last walk's end
 *	freed
 *
 *	change		    by whom			     lock held
 *	------		    -------			     ---------
 *	off -> on list	    drm_gpuvm_bo_extobj_add(),	     the list's; for the evicted
 *			    drm_gpuvm_bo_evict(),	     objects the object's
 *			    drm_gpuvm_prepare_objects()	     dma-resv too
 *	on list -> walked   gpuvm_walk_some()		     the list's
 *	on list -> off	    drm_gpuvm_bo_evict(),	     the list's and the object's
 *			    drm_gpuvm_validate();	     dma-resv
 *			    external objects: nobody
 *	walked -> on list,  gpuvm_walk_end()		     the list's
 *	  or off
 *	any of these	    the last drm_gpuvm_bo_put()	     the gpuva lock, and each
 *	  -> doomed					     list's, one after the other
 *	any of these	    the last			     the gpuva mutex
 *	  -> retired	    drm_gpuvm_bo_put_deferred(),
 *			    drm_gpuva_unlink_defer()
 *	retired -> doomed   drm_gpuvm_bo_deferred_cleanup()  see below
 *	doomed -> freed	    the walk's end, or at once	     none
 *			    without a walk
 *
 * A retired vm_bo leaves the lists at once if they have spinlocks: the object may be
 * mapped again before the cleanup, and a list must not have the object twice.  With
 * %DRM_GPUVM_RESV_PROTECTED the vm_bo stays until the cleanup, which locks the VM's
 * dma-resv; a fence signalling critical path must not.  Walks skip vm_bos without
 * references.
 *
 * A vm_bo without references joins no list, which is checked under the list's lock, and
 * the list of the doomed has other links.  So a callback that has dropped the last
 * reference to its vm_bo may still call drm_gpuvm_bo_evict() and
 * drm_gpuvm_bo_extobj_add() for the vm_bo.  The links of a vm_bo are read and written
 * only under the list's lock, because neighbours that join and leave write to them too.
 *
 * A doomed vm_bo is counted in &drm_gpuvm_bo.walks: once for the thread that drops the
 * last reference or cleans up, and once for each list that is walked meanwhile.  Who
 * drops the last count frees the vm_bo.
 *
 * A vm_bo may be freed, and another for the same object added, before the walk locks the
 * object.  So a vm_bo that joins the external objects during a walk is added behind the
 * walk, and waits for the next walk.  A walk thus meets no object twice.  An exec that
 * runs at the same time as a bind need not see the bind.  A vm_bo that joins the evicted
 * objects is added at the end of the list, and the walk visits it: validating one
 * object may evict another.
 *
 * Complexity: O(1) for each member, and one lock for each batch of members.
 */

#include <drm/drm_print.h>

#include "internal.h"

/*
 * Returns the lock of the list, or NULL if the VM's dma-resv, which must be held, is
 * the lock.
 */
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

static void join(struct drm_gpuvm_bo *vm_bo, struct drm_gpuvm_bo_list *l,
		 struct list_head *entry, bool behind_walk)
{
	spinlock_t *lock = lock_of(vm_bo->vm, l);

	lock_list(lock);
	if (list_empty(entry) && !gpuvm_bo_dead(vm_bo)) {
		list_add_tail(entry, behind_walk && l->next ? l->next : &l->list);
		if (!behind_walk && l->next == &l->list)
			l->next = entry;
	}
	unlock_list(lock);
}

/* The caller holds the list's lock. */
static __always_inline void unlink_entry(struct drm_gpuvm_bo_list *l, struct list_head *entry)
{
	if (l->next == entry)
		l->next = entry->next;
	list_del_init(entry);
}

static __always_inline void leave(struct drm_gpuvm_bo *vm_bo, struct drm_gpuvm_bo_list *l,
				  struct list_head *entry)
{
	spinlock_t *lock = lock_of(vm_bo->vm, l);

	lock_list(lock);
	if (!list_empty(entry))
		unlink_entry(l, entry);
	unlock_list(lock);
}

static void init_list(struct drm_gpuvm_bo_list *l)
{
	INIT_LIST_HEAD(&l->list);
	INIT_LIST_HEAD(&l->doomed);
	l->next = NULL;
}

/**
 * gpuvm_lists_init() - initialises the lists of a VM
 * @vm: the VM
 */
void gpuvm_lists_init(struct drm_gpuvm *vm)
{
	init_list(&vm->extobj);
	init_list(&vm->evict);
	/* Lockdep makes a class of each of these lines. */
	spin_lock_init(&vm->extobj.lock);
	spin_lock_init(&vm->evict.lock);
}

/*
 * Removes the vm_bo for ever.  The vm_bo is freed only after the end of a walk that may
 * have seen it, although it may have left the list since.
 */
static void leave_for_good(struct drm_gpuvm_bo *vm_bo, struct drm_gpuvm_bo_list *l,
			   struct list_head *entry, struct list_head *doomed)
{
	spinlock_t *lock = lock_of(vm_bo->vm, l);

	lock_list(lock);
	unlink_entry(l, entry);
	if (l->next) {
		atomic_inc(&vm_bo->walks);
		list_add_tail(doomed, &l->doomed);
	}
	unlock_list(lock);
}

/**
 * gpuvm_bo_doom() - takes a vm_bo off its VM's lists for ever
 * @vm_bo: the vm_bo, without references, which no lookup finds any more
 *
 * Does not sleep.  gpuvm_bo_unused() follows.
 */
void gpuvm_bo_doom(struct drm_gpuvm_bo *vm_bo)
{
	struct drm_gpuvm *vm = vm_bo->vm;

	atomic_set(&vm_bo->walks, 1);
	/* No lookup needs the object's list and index any more. */
	leave_for_good(vm_bo, &vm->extobj, &vm_bo->list.entry.extobj, &vm_bo->list.entry.gem);
	leave_for_good(vm_bo, &vm->evict, &vm_bo->list.entry.evict, &vm_bo->index.doomed);
}

/**
 * gpuvm_bo_unused() - ends one use of a doomed vm_bo
 * @vm_bo: the vm_bo, after gpuvm_bo_doom()
 *
 * Return: true if the caller must free the vm_bo; false if a walk will free it.
 */
bool gpuvm_bo_unused(struct drm_gpuvm_bo *vm_bo)
{
	return atomic_dec_and_test(&vm_bo->walks);
}

/**
 * gpuvm_evict_join() - adds a vm_bo to the list of evicted objects
 * @vm_bo: the vm_bo; the caller holds the dma-resv of its object
 */
void gpuvm_evict_join(struct drm_gpuvm_bo *vm_bo)
{
	join(vm_bo, &vm_bo->vm->evict, &vm_bo->list.entry.evict, false);
}

/**
 * gpuvm_evict_leave() - removes a vm_bo from the list of evicted objects
 * @vm_bo: the vm_bo; the caller holds the dma-resv of its object
 */
void gpuvm_evict_leave(struct drm_gpuvm_bo *vm_bo)
{
	leave(vm_bo, &vm_bo->vm->evict, &vm_bo->list.entry.evict);
}

/**
 * drm_gpuvm_bo_extobj_add() - adds a vm_bo to the VM's list of external objects
 * @vm_bo: the vm_bo; nothing happens if its object is not external
 *
 * The caller holds the VM's dma-resv if the VM is %DRM_GPUVM_RESV_PROTECTED, else at
 * least a reference.  Does not allocate or sleep.  Semantics: mainline 6.12.
 */
void drm_gpuvm_bo_extobj_add(struct drm_gpuvm_bo *vm_bo)
{
	struct drm_gpuvm *vm = vm_bo->vm;

	if (drm_gpuvm_resv_protected(vm))
		drm_gpuvm_resv_assert_held(vm);
	if (drm_gpuvm_is_extobj(vm, vm_bo->obj))
		join(vm_bo, &vm->extobj, &vm_bo->list.entry.extobj, true);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_bo_extobj_add);

/**
 * drm_gpuvm_bo_evict() - marks an object as evicted or resident in a VM
 * @vm_bo: the VM and the object
 * @evict: true if the object is evicted now
 *
 * The caller holds the object's dma-resv.  Does not allocate or sleep.
 * Semantics: mainline 6.12.
 */
void drm_gpuvm_bo_evict(struct drm_gpuvm_bo *vm_bo, bool evict)
{
	struct drm_gpuvm *vm = vm_bo->vm;

	dma_resv_assert_held(vm_bo->obj->resv);
	vm_bo->evicted = evict;

	/* The caller may not hold the VM's dma-resv: prepare_objects updates the list. */
	if (drm_gpuvm_resv_protected(vm) && drm_gpuvm_is_extobj(vm, vm_bo->obj))
		return;

	if (evict)
		gpuvm_evict_join(vm_bo);
	else
		leave(vm_bo, &vm->evict, &vm_bo->list.entry.evict);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_bo_evict);

/**
 * drm_gpuvm_bo_gem_evict() - calls drm_gpuvm_bo_evict() for every VM that maps an object
 * @obj: the object
 * @evict: true if the object is evicted now
 *
 * The caller holds the dma-resv of @obj and its gpuva lock.  Does not allocate or sleep.
 * Semantics: mainline 6.12, and 7.3 in immediate mode.
 */
void drm_gpuvm_bo_gem_evict(struct drm_gem_object *obj, bool evict)
{
	struct drm_gpuvm_bo *vm_bo;

	drm_gem_for_each_gpuvm_bo(vm_bo, obj) {
		/* VMs with and without immediate mode may map the object. */
		gpuvm_assert_gpuva_lock(vm_bo->vm, obj);
		drm_gpuvm_bo_evict(vm_bo, evict);
	}
}
EXPORT_SYMBOL_GPL(drm_gpuvm_bo_gem_evict);

/**
 * gpuvm_walk_begin() - starts a walk
 * @vm: the VM
 * @l: one of the VM's lists
 *
 * Return: 0, or -EBUSY with a warning if another walk has not ended.
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
		struct drm_gpuvm_bo *vm_bo = l == &vm->extobj ?
			list_entry(entry, struct drm_gpuvm_bo, list.entry.gem) :
			list_entry(entry, struct drm_gpuvm_bo, index.doomed);

		list_del(entry);
		if (gpuvm_bo_unused(vm_bo))
			gpuvm_bo_free(vm_bo);
	}
}

/**
 * gpuvm_walk_some() - gets the next members of a list
 * @vm: the VM
 * @l: the list, after gpuvm_walk_begin()
 * @entries: gets the members' links; the vm_bos stay allocated until gpuvm_walk_end(),
 *	although they may leave the list and lose their last reference
 * @max: maximum number of members
 *
 * Return: number of members in @entries; 0 at the end of the list.
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
