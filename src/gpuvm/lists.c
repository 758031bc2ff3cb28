// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: external and evicted objects
 *
 * A VM has a list of the external objects it maps, to lock them, and a list of
 * those that were evicted, to validate them.  Two ways to protect these lists:
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
 * There can be one walk of a list at a time; the driver sees to that.  Its place
 * is marked by a cursor, a list entry that is no member.  One that leaves does
 * not take the cursor along.
 *
 * A walk of external objects needs the objects and not the pairs that are on the
 * list, and so it takes references to objects.  A pair's last reference is thus
 * never the walk's, which may not have the locks for dropping it.  But the pair
 * may be freed, and another be made for the same object, before the walk gets to
 * lock the object; so who joins meanwhile does so behind the cursor and is left
 * to the next walk, and no object is met twice.  An exec that overlaps with a
 * bind in time has no claim to see it.
 *
 * Who joins the evicted objects does so at the end and is still visited:
 * validating one object may evict another.
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

/*
 * Whether a pair is on a list changes only under a lock that the caller has:
 * the object's dma-resv or the last reference.  What other members do to the
 * entry meanwhile changes its neighbours, and never to the entry itself.
 */
static void join(struct drm_gpuvm *vm, struct drm_gpuvm_bo_list *l,
		 struct list_head *entry, bool behind_cursor)
{
	spinlock_t *lock = lock_of(vm, l);

	if (!list_empty_careful(entry))
		return;
	if (!lock) {
		list_add_tail(entry, &l->list);
		return;
	}
	spin_lock(lock);
	/* Two may add the same external object at once. */
	if (list_empty(entry))
		list_add_tail(entry, behind_cursor && !list_empty(&l->cursor) ?
			      &l->cursor : &l->list);
	spin_unlock(lock);
}

static void leave(struct drm_gpuvm *vm, struct drm_gpuvm_bo_list *l, struct list_head *entry)
{
	spinlock_t *lock = lock_of(vm, l);

	if (list_empty_careful(entry))
		return;
	if (!lock) {
		list_del_init(entry);
		return;
	}
	spin_lock(lock);
	list_del_init(entry);
	spin_unlock(lock);
}

/**
 * gpuvm_bo_list_init() - makes an empty list
 * @l: the list
 */
void gpuvm_bo_list_init(struct drm_gpuvm_bo_list *l)
{
	INIT_LIST_HEAD(&l->list);
	INIT_LIST_HEAD(&l->cursor);
	spin_lock_init(&l->lock);
}

/**
 * gpuvm_bo_lists_leave() - takes a pair that is to be freed off its VM's lists
 * @vm_bo: the pair, without references
 */
void gpuvm_bo_lists_leave(struct drm_gpuvm_bo *vm_bo)
{
	leave(vm_bo->vm, &vm_bo->vm->extobj, &vm_bo->list.entry.extobj);
	leave(vm_bo->vm, &vm_bo->vm->evict, &vm_bo->list.entry.evict);
}

/**
 * gpuvm_evict_join() - puts a pair on the list of evicted objects
 * @vm_bo: the pair; the dma-resv of its object is held
 */
void gpuvm_evict_join(struct drm_gpuvm_bo *vm_bo)
{
	join(vm_bo->vm, &vm_bo->vm->evict, &vm_bo->list.entry.evict, false);
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
		join(vm, &vm->extobj, &vm_bo->list.entry.extobj, true);
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

static bool place_cursor(struct drm_gpuvm_bo_list *l)
{
	if (!list_empty(&l->cursor))
		return false;
	list_add(&l->cursor, &l->list);
	return true;
}

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

	if (lock) {
		spin_lock(lock);
		alone = place_cursor(l);
		spin_unlock(lock);
	} else {
		alone = place_cursor(l);
	}
	return drm_WARN(vm->drm, !alone, "two walks of a GPUVM list at once\n") ? -EBUSY : 0;
}

/**
 * gpuvm_walk_end() - ends a walk, at the end of the list or before
 * @vm: the VM
 * @l: the list of gpuvm_walk_begin()
 */
void gpuvm_walk_end(struct drm_gpuvm *vm, struct drm_gpuvm_bo_list *l)
{
	leave(vm, l, &l->cursor);
}

/**
 * gpuvm_walk_extobjs() - some more external objects
 * @vm: the VM, not %DRM_GPUVM_RESV_PROTECTED, walking its extobj list
 * @objs: gets them, each with a reference for the caller
 * @max: how many at most
 *
 * Return: how many; 0 at the end of the list.
 */
unsigned int gpuvm_walk_extobjs(struct drm_gpuvm *vm, struct drm_gem_object **objs,
				unsigned int max)
{
	struct drm_gpuvm_bo_list *l = &vm->extobj;
	struct list_head *pos = &l->cursor;
	unsigned int n = 0;

	spin_lock(&l->lock);
	while (n < max && !list_is_last(pos, &l->list)) {
		pos = pos->next;
		/* Alive: a pair leaves the list before it puts its object. */
		objs[n] = list_entry(pos, struct drm_gpuvm_bo, list.entry.extobj)->obj;
		drm_gem_object_get(objs[n++]);
	}
	if (n)
		list_move(&l->cursor, pos);
	spin_unlock(&l->lock);
	return n;
}

/* The cursor steps over the next member, which is returned, or NULL. */
static struct drm_gpuvm_bo *step(struct drm_gpuvm_bo_list *l)
{
	struct list_head *pos = l->cursor.next;

	if (list_is_head(pos, &l->list))
		return NULL;
	list_move(&l->cursor, pos);
	return list_entry(pos, struct drm_gpuvm_bo, list.entry.evict);
}

/*
 * Whether @pair came too late for @exec to lock its object.  Neither may it be
 * validated then, nor may the walk be left with its last reference.
 */
static bool not_locked(struct drm_gpuvm_bo *pair, struct drm_exec *exec)
{
	return exec && drm_gpuvm_is_extobj(pair->vm, pair->obj) &&
	       dma_resv_locking_ctx(pair->obj->resv) != &exec->ticket;
}

/**
 * gpuvm_walk_evicted() - the next evicted object
 * @vm: the VM, walking its evict list
 * @exec: what has locked the objects, or NULL if the caller sees to that
 *
 * Return: the pair, with a reference for the caller unless the VM is
 * %DRM_GPUVM_RESV_PROTECTED; NULL at the end of the list.
 */
struct drm_gpuvm_bo *gpuvm_walk_evicted(struct drm_gpuvm *vm, struct drm_exec *exec)
{
	spinlock_t *lock = lock_of(vm, &vm->evict);
	struct drm_gpuvm_bo *pair;

	if (!lock)
		return step(&vm->evict);

	spin_lock(lock);
	do {
		pair = step(&vm->evict);
		/* One without references is about to leave. */
	} while (pair && (not_locked(pair, exec) || !kref_get_unless_zero(&pair->kref)));
	spin_unlock(lock);
	return pair;
}
