// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: locking and validating a VM's objects
 *
 * Before the GPU uses a VM, the driver locks the dma-resv of every object in the VM,
 * makes the evicted objects resident, and adds a fence to each dma-resv.  Private
 * objects share the VM's dma-resv, so the cost depends on the number of external
 * objects.  For example::
 *
 *	struct drm_gpuvm_exec vm_exec = {
 *		.vm = vm,
 *		.flags = DRM_EXEC_INTERRUPTIBLE_WAIT,
 *		.num_fences = 1,
 *	};
 *
 *	err = drm_gpuvm_exec_lock(&vm_exec);
 *	if (err)
 *		return err;
 *	err = drm_gpuvm_exec_validate(&vm_exec);
 *	if (!err) {
 *		my_submit(job);
 *		drm_gpuvm_exec_resv_add_fence(&vm_exec, job->fence,
 *					      DMA_RESV_USAGE_BOOKKEEP,
 *					      DMA_RESV_USAGE_WRITE);
 *	}
 *	drm_gpuvm_exec_unlock(&vm_exec);
 *
 * Drivers with their own drm_exec_until_all_locked() loop call the parts of
 * drm_gpuvm_exec_lock().
 *
 * Locking: these functions lock the dma-resv of objects in a &struct drm_exec, and the
 * lists as lists.c describes.  The caller of a function that takes a range holds the
 * driver's lock of the VM's mappings.
 *
 * Complexity: O(1) and one attempt to lock for each external or evicted object.  For
 * ranges, O(1) for each mapping, and one attempt to lock each dma-resv if duplicates
 * are ignored.  Objects are prefetched some locks ahead: cache misses dominate the
 * time.
 */

#include <linux/prefetch.h>

#include "internal.h"

/* Members that a walk takes at a time */
#define BATCH 32
/* Number of objects to prefetch ahead of the locks */
#define AHEAD 16

static int prepare(struct drm_exec *exec, struct drm_gem_object *obj,
		   unsigned int num_fences)
{
	if (!num_fences)
		return drm_exec_lock_obj(exec, obj);
	return drm_exec_prepare_obj(exec, obj, num_fences);
}

/*
 * prepare() for an @exec that ignores duplicates.  Skips the attempt to lock a dma-resv
 * that @exec has locked already.  An object that @exec locked after contention is not
 * in its set of objects yet, so it must be prepared too.
 */
static int prepare_once(struct drm_exec *exec, struct drm_gem_object *obj,
			unsigned int num_fences)
{
	const struct drm_gem_object *waited_for = ngv_exec_prelocked(exec);

	if (dma_resv_locking_ctx(obj->resv) != &exec->ticket || drm_exec_is_contended(exec) ||
	    (waited_for && waited_for->resv == obj->resv))
		return prepare(exec, obj, num_fences);
	return num_fences ? dma_resv_reserve_fences(obj->resv, num_fences) : 0;
}

/**
 * drm_gpuvm_prepare_vm() - locks the VM's own dma-resv
 * @vm: the VM
 * @exec: locking context
 * @num_fences: fence slots to reserve; 0: only lock
 *
 * Inside drm_exec_until_all_locked().  May sleep.
 *
 * Return: the result of drm_exec_prepare_obj() or drm_exec_lock_obj().
 * Semantics: mainline 6.12.
 */
int drm_gpuvm_prepare_vm(struct drm_gpuvm *vm, struct drm_exec *exec,
			 unsigned int num_fences)
{
	return prepare(exec, drm_gpuvm_resv_obj(vm), num_fences);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_prepare_vm);

/* Prefetches what locking uses: an object's own dma-resv is right after @resv. */
static void prefetch_obj(const struct drm_gem_object *obj)
{
	prefetchw(&obj->refcount);
	prefetchw(&obj->resv);
}

static struct drm_gpuvm_bo *extobj_entry(struct list_head *entry)
{
	return list_entry(entry, struct drm_gpuvm_bo, list.entry.extobj);
}

static struct list_head *prefetch_extobj(struct list_head *entry, const struct list_head *head)
{
	if (list_is_head(entry, head))
		return entry;
	prefetch_obj(extobj_entry(entry)->obj);
	return entry->next;
}

static int prepare_extobjs_resv(struct drm_gpuvm *vm, struct drm_exec *exec,
				unsigned int num_fences)
{
	struct list_head *head = &vm->extobj.list, *ahead = head->next;
	struct drm_gpuvm_bo *vm_bo;
	unsigned int i;
	int err;

	drm_gpuvm_resv_assert_held(vm);
	for (i = 0; i < AHEAD; i++)
		ahead = prefetch_extobj(ahead, head);
	list_for_each_entry(vm_bo, head, list.entry.extobj) {
		ahead = prefetch_extobj(ahead, head);
		/*
		 * In immediate mode a vm_bo without references stays listed until its
		 * cleanup.
		 */
		if (gpuvm_bo_dead(vm_bo))
			continue;
		err = prepare(exec, vm_bo->obj, num_fences);
		if (err)
			return err;
		/*
		 * Both dma-resvs are locked, which drm_gpuvm_bo_evict() did not
		 * require.
		 */
		if (vm_bo->evicted)
			gpuvm_evict_join(vm_bo);
	}
	return 0;
}

static int prepare_extobjs_spin(struct drm_gpuvm *vm, struct drm_exec *exec,
				unsigned int num_fences)
{
	struct list_head *entries[BATCH];
	unsigned int i, n;
	int err;

	err = gpuvm_walk_begin(vm, &vm->extobj);
	if (err)
		return err;

	do {
		n = gpuvm_walk_some(vm, &vm->extobj, entries, ARRAY_SIZE(entries));
		for (i = 0; i < n; i++)
			prefetch_obj(extobj_entry(entries[i])->obj);
		for (i = 0; i < n && !err; i++) {
			struct drm_gpuvm_bo *vm_bo = extobj_entry(entries[i]);

			if (!gpuvm_bo_dead(vm_bo))
				err = prepare(exec, vm_bo->obj, num_fences);
		}
	} while (n && !err);

	gpuvm_walk_end(vm, &vm->extobj);
	return err;
}

/**
 * drm_gpuvm_prepare_objects() - locks all external objects of a VM
 * @vm: the VM
 * @exec: locking context
 * @num_fences: fence slots to reserve in each dma-resv; 0: only lock
 *
 * Inside drm_exec_until_all_locked().  Another thread may add external objects
 * meanwhile; they are not locked.  Only one caller at a time for a VM: the driver takes
 * a lock of its own, or calls drm_gpuvm_prepare_vm() first.  The caller holds the VM's
 * dma-resv if the VM is %DRM_GPUVM_RESV_PROTECTED.  May sleep.
 *
 * Return: 0, -EBUSY for a second caller, or the first result of drm_exec_prepare_obj()
 * or drm_exec_lock_obj() other than 0.  Semantics: mainline 6.12.
 */
int drm_gpuvm_prepare_objects(struct drm_gpuvm *vm, struct drm_exec *exec,
			      unsigned int num_fences)
{
	if (drm_gpuvm_resv_protected(vm))
		return prepare_extobjs_resv(vm, exec, num_fences);
	return prepare_extobjs_spin(vm, exec, num_fences);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_prepare_objects);

/**
 * drm_gpuvm_prepare_range() - locks all objects that are mapped in a range
 * @vm: the VM
 * @exec: locking context
 * @addr: first address
 * @range: length
 * @num_fences: fence slots to reserve in each dma-resv; 0: only lock
 *
 * Inside drm_exec_until_all_locked().  The caller holds the lock of the VM's mappings.
 * The function fails if two mappings have the same dma-resv, unless @exec has
 * %DRM_EXEC_IGNORE_DUPLICATES.  May sleep.
 *
 * Return: 0, or the first result of drm_exec_prepare_obj() or drm_exec_lock_obj() other
 * than 0.  Semantics: mainline 6.12.
 */
int drm_gpuvm_prepare_range(struct drm_gpuvm *vm, struct drm_exec *exec,
			    u64 addr, u64 range, unsigned int num_fences)
{
	const bool dups = exec->flags & DRM_EXEC_IGNORE_DUPLICATES;
	const struct dma_resv *last = NULL;
	struct drm_gpuva *va;
	int err;

	drm_gpuvm_for_each_va_range(va, vm, addr, addr + range) {
		struct drm_gem_object *obj = va->gem.obj;

		if (!obj)
			continue;
		if (dups) {
			/* Neighbours often map the same object, or only private ones. */
			if (obj->resv == last)
				continue;
			last = obj->resv;
		}
		err = dups ? prepare_once(exec, obj, num_fences) : prepare(exec, obj, num_fences);
		if (err)
			return err;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(drm_gpuvm_prepare_range);

/* Calls @lock, which takes all locks, until there is no contention. */
static int lock_until_done(struct drm_gpuvm_exec *vm_exec,
			   int (*lock)(struct drm_gpuvm_exec *vm_exec, const void *arg),
			   const void *arg)
{
	struct drm_exec *exec = &vm_exec->exec;
	int err = 0;

	drm_exec_init(exec, vm_exec->flags, 0);
	drm_exec_until_all_locked(exec) {
		err = lock(vm_exec, arg);
		drm_exec_retry_on_contention(exec);
		if (err)
			break;
	}
	if (err)
		drm_exec_fini(exec);
	return err;
}

static int lock_vm(struct drm_gpuvm_exec *vm_exec, const void *unused)
{
	const unsigned int num_fences = vm_exec->num_fences;
	struct drm_exec *exec = &vm_exec->exec;
	int err;

	err = drm_gpuvm_prepare_vm(vm_exec->vm, exec, num_fences);
	if (!err)
		err = drm_gpuvm_prepare_objects(vm_exec->vm, exec, num_fences);
	if (!err && vm_exec->extra.fn)
		err = vm_exec->extra.fn(vm_exec);
	return err;
}

/**
 * drm_gpuvm_exec_lock() - locks all objects of a VM
 * @vm_exec: what to lock
 *
 * Locks the VM's dma-resv, then its external objects, then calls @vm_exec->extra.fn,
 * which may lock more objects in @vm_exec->exec.  After contention all locks are
 * dropped and @vm_exec->extra.fn is called again.  May sleep.
 *
 * Return: 0, and the caller must call drm_gpuvm_exec_unlock(); or a negative error
 * code, and nothing is locked.  Semantics: mainline 6.12.
 */
int drm_gpuvm_exec_lock(struct drm_gpuvm_exec *vm_exec)
{
	return lock_until_done(vm_exec, lock_vm, NULL);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_exec_lock);

struct obj_array {
	struct drm_gem_object **objs;
	unsigned int count;
};

static int lock_array(struct drm_gpuvm_exec *vm_exec)
{
	const struct obj_array *more = vm_exec->extra.priv;
	unsigned int i;
	int err = 0;

	/* drm_exec_prepare_array() cannot lock without reserving a fence slot. */
	for (i = 0; i < more->count && !err; i++)
		err = prepare(&vm_exec->exec, more->objs[i], vm_exec->num_fences);
	return err;
}

/**
 * drm_gpuvm_exec_lock_array() - locks all objects of a VM, and others
 * @vm_exec: what to lock; the function overwrites its extra.fn and extra.priv
 * @objs: the other objects
 * @num_objs: number of other objects
 *
 * May sleep.
 *
 * Return: 0, and the caller must call drm_gpuvm_exec_unlock(); or a negative error
 * code, and nothing is locked.  Semantics: mainline 6.12, which fails with -EINVAL and
 * a warning if @vm_exec->num_fences is 0.
 */
int drm_gpuvm_exec_lock_array(struct drm_gpuvm_exec *vm_exec,
			      struct drm_gem_object **objs, unsigned int num_objs)
{
	struct obj_array more = { .objs = objs, .count = num_objs };
	int err;

	vm_exec->extra.fn = lock_array;
	vm_exec->extra.priv = &more;
	err = drm_gpuvm_exec_lock(vm_exec);
	/* @more is on the stack. */
	vm_exec->extra.fn = NULL;
	vm_exec->extra.priv = NULL;
	return err;
}
EXPORT_SYMBOL_GPL(drm_gpuvm_exec_lock_array);

struct va_span {
	u64 addr, range;
};

static int lock_span(struct drm_gpuvm_exec *vm_exec, const void *arg)
{
	const struct va_span *span = arg;

	return drm_gpuvm_prepare_range(vm_exec->vm, &vm_exec->exec, span->addr,
				       span->range, vm_exec->num_fences);
}

/**
 * drm_gpuvm_exec_lock_range() - locks all objects that are mapped in a range
 * @vm_exec: what to lock; its extra.fn is not called
 * @addr: first address
 * @range: length
 *
 * The caller holds the lock of the VM's mappings.  Locks the VM's own dma-resv only if
 * a private object is mapped in the range.  May sleep.
 *
 * Return: 0, and the caller must call drm_gpuvm_exec_unlock(); or a negative error
 * code, and nothing is locked.  Semantics: mainline 6.12.
 */
int drm_gpuvm_exec_lock_range(struct drm_gpuvm_exec *vm_exec, u64 addr, u64 range)
{
	const struct va_span span = { .addr = addr, .range = range };

	return lock_until_done(vm_exec, lock_span, &span);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_exec_lock_range);

/* Returns whether @vm_bo joined the VM too late for @exec to lock its object. */
static bool not_locked(const struct drm_gpuvm_bo *vm_bo, struct drm_exec *exec)
{
	return exec && drm_gpuvm_is_extobj(vm_bo->vm, vm_bo->obj) &&
	       dma_resv_locking_ctx(vm_bo->obj->resv) != &exec->ticket;
}

static int validate_spin(struct drm_gpuvm *vm, struct drm_exec *exec)
{
	struct list_head *entries[BATCH];
	unsigned int i, n;
	int err = 0;

	do {
		n = gpuvm_walk_some(vm, &vm->evict, entries, ARRAY_SIZE(entries));
		for (i = 0; i < n && !err; i++) {
			struct drm_gpuvm_bo *vm_bo = list_entry(entries[i], struct drm_gpuvm_bo,
							       list.entry.evict);

			/*
			 * The object's dma-resv is locked: no other thread changes
			 * whether it is evicted.  An earlier callback may have made it
			 * resident.
			 */
			if (not_locked(vm_bo, exec) || gpuvm_bo_dead(vm_bo) ||
			    !vm_bo->evicted)
				continue;
			err = vm->ops->vm_bo_validate(vm_bo, exec);
		}
	} while (n && !err);
	return err;
}

static int validate_resv(struct drm_gpuvm *vm, struct drm_exec *exec)
{
	struct drm_gpuvm_bo_list *l = &vm->evict;
	struct list_head *pos = l->next;

	drm_gpuvm_resv_assert_held(vm);
	while (pos != &l->list) {
		struct drm_gpuvm_bo *vm_bo = list_entry(pos, struct drm_gpuvm_bo,
						       list.entry.evict);
		int err;

		l->next = pos->next;
		/*
		 * In immediate mode a vm_bo without references stays listed until its
		 * cleanup.
		 */
		if (!gpuvm_bo_dead(vm_bo)) {
			err = vm->ops->vm_bo_validate(vm_bo, exec);
			if (err)
				return err;
			dma_resv_assert_held(vm_bo->obj->resv);
			/*
			 * drm_gpuvm_bo_evict() does not remove external objects from
			 * this list.
			 */
			if (!vm_bo->evicted && !list_empty(&vm_bo->list.entry.evict))
				gpuvm_evict_leave(vm_bo);
		}
		/* If the callback removes the next vm_bo, @l->next is its successor. */
		pos = l->next;
	}
	return 0;
}

/**
 * drm_gpuvm_validate() - makes all evicted objects of a VM resident
 * @vm: the VM
 * @exec: locking context that has locked the objects of @vm, or NULL if the driver has
 *	locked them in another way
 *
 * Calls &drm_gpuvm_ops.vm_bo_validate for each object.  An object stays on the list
 * until drm_gpuvm_bo_evict() marks it as resident; usually the callback calls it.
 * Skips an external object that was added too late for @exec to lock it.  Only one
 * caller at a time for a VM.  May sleep.
 *
 * Return: 0, -EOPNOTSUPP without the callback, -EBUSY for a second caller, or the first
 * result of the callback other than 0.  Semantics: mainline 6.12.
 */
int drm_gpuvm_validate(struct drm_gpuvm *vm, struct drm_exec *exec)
{
	int err;

	if (!vm->ops || !vm->ops->vm_bo_validate)
		return -EOPNOTSUPP;

	err = gpuvm_walk_begin(vm, &vm->evict);
	if (err)
		return err;
	if (drm_gpuvm_resv_protected(vm))
		err = validate_resv(vm, exec);
	else
		err = validate_spin(vm, exec);
	gpuvm_walk_end(vm, &vm->evict);
	return err;
}
EXPORT_SYMBOL_GPL(drm_gpuvm_validate);

/**
 * drm_gpuvm_resv_add_fence() - adds a fence to every locked object
 * @vm: the VM
 * @exec: locking context; every dma-resv in it has a reserved fence slot
 * @fence: the fence
 * @private_usage: usage of the fence in the VM's own dma-resv
 * @extobj_usage: usage of the fence in the dma-resv of other locked objects
 *
 * Does not allocate or sleep.  Semantics: mainline 6.12.
 */
void drm_gpuvm_resv_add_fence(struct drm_gpuvm *vm, struct drm_exec *exec,
			      struct dma_fence *fence,
			      enum dma_resv_usage private_usage,
			      enum dma_resv_usage extobj_usage)
{
	const enum dma_resv_usage usage[] = { private_usage, extobj_usage };
	struct drm_gem_object *obj;

	drm_exec_for_each_locked_object(exec, obj) {
		struct dma_resv *resv = obj->resv;

		dma_resv_assert_held(resv);
		dma_resv_add_fence(resv, fence, usage[drm_gpuvm_is_extobj(vm, obj)]);
	}
}
EXPORT_SYMBOL_GPL(drm_gpuvm_resv_add_fence);

/* Locks the object that a step unmaps.  Does not carry out the step. */
static int lock_old(struct drm_exec *exec, struct drm_gem_object *obj)
{
	if (!obj)
		return 0;
	/* Without this flag, the caller gets an error for a duplicate. */
	if (!(exec->flags & DRM_EXEC_IGNORE_DUPLICATES))
		return prepare(exec, obj, 0);
	return prepare_once(exec, obj, 0);
}

static int lock_remap(struct drm_gpuva_op *op, void *exec)
{
	return lock_old(exec, op->remap.unmap->va->gem.obj);
}

static int lock_unmap(struct drm_gpuva_op *op, void *exec)
{
	return lock_old(exec, op->unmap.va->gem.obj);
}

static int lock_nothing(struct drm_gpuva_op *op, void *exec)
{
	return 0;
}

/**
 * drm_gpuvm_sm_map_exec_lock() - locks the objects that drm_gpuvm_sm_map() would change
 * @vm: the VM
 * @exec: locking context, usually with %DRM_EXEC_IGNORE_DUPLICATES
 * @num_fences: fence slots to reserve in the dma-resv of the new mapping's object; at
 *	least 1 if there is an object
 * @req: what will be mapped
 *
 * Inside drm_exec_until_all_locked().  The caller holds the lock of the VM's mappings.
 * May sleep.
 *
 * Return: 0, -EINVAL if the range is not valid, or the first result of
 * drm_exec_prepare_obj() or drm_exec_lock_obj() other than 0.  Semantics: mainline 7.3.
 */
int drm_gpuvm_sm_map_exec_lock(struct drm_gpuvm *vm, struct drm_exec *exec,
			       unsigned int num_fences, const struct drm_gpuvm_map_req *req)
{
	const struct gpuvm_steps to = {
		.map = lock_nothing, .remap = lock_remap, .unmap = lock_unmap, .priv = exec,
	};
	int err = 0;

	gpuvm_tree_reserve(vm);
	if (req->map.gem.obj)
		err = drm_exec_prepare_obj(exec, req->map.gem.obj, num_fences);
	return err ?: gpuvm_split_map(vm, &req->map, &to);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_sm_map_exec_lock);

/**
 * drm_gpuvm_sm_unmap_exec_lock() - locks the objects that drm_gpuvm_sm_unmap() would
 * change
 * @vm: the VM
 * @exec: locking context, usually with %DRM_EXEC_IGNORE_DUPLICATES
 * @addr: first address
 * @range: length
 *
 * As drm_gpuvm_sm_map_exec_lock().
 *
 * Return: 0, -EINVAL if the range is not valid, or the first result of
 * drm_exec_lock_obj() other than 0.  Semantics: mainline 7.3.
 */
int drm_gpuvm_sm_unmap_exec_lock(struct drm_gpuvm *vm, struct drm_exec *exec, u64 addr,
				 u64 range)
{
	const struct gpuvm_steps to = {
		.remap = lock_remap, .unmap = lock_unmap, .priv = exec,
	};

	gpuvm_tree_reserve(vm);
	return gpuvm_split_unmap(vm, addr, range, &to);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_sm_unmap_exec_lock);
