// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: objects in VMs
 *
 * A &struct drm_gpuvm_bo, or vm_bo, stands for one GEM object in one VM.  The vm_bos of an
 * object lead to all VMs that map it, and to its mappings in each VM.  A driver uses
 * them to evict the object, or to update all mappings after the object has moved.  A
 * VM's lists of external and of evicted objects consist of vm_bos.
 *
 * The object's gpuva lock protects the object's list of vm_bos and each vm_bo's list of
 * mappings.  The lock is the object's dma-resv, or a mutex in immediate mode.  A caller
 * holds the lock to look up a vm_bo, to link or unlink a mapping, and to drop a
 * reference that may be the last.
 *
 * All linked mappings of a vm_bo together hold one reference to the vm_bo.
 *
 * An object has a list of its vm_bos for walks, and an index by VM.  The index is a
 * digital search tree: a vm_bo's key is its VM's address spread over 64 bits, and each
 * bit of the key selects a child.  A vm_bo may stand at any node on its key's path.  No
 * two vm_bos of an object have the same key.  The object has room only for the list, so
 * the root of the index is in the first vm_bo of the list.
 *
 * Complexity: looking up, adding and removing a vm_bo is O(log n), n being the number of
 * VMs that map the object; the rest is O(1).
 */

#include <linux/err.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/slab.h>

#include <drm/drm_print.h>

#include "internal.h"

/**
 * drm_gpuvm_bo_create() - allocates a vm_bo that no lookup finds yet
 * @vm: the VM; a reference is taken
 * @obj: the object; a reference is taken
 *
 * For drm_gpuvm_bo_obtain_prealloc().  No locks.  May sleep.
 *
 * Return: the vm_bo with one reference, which the caller owns, or NULL if there is no
 * memory.  Semantics: mainline 6.12.
 */
struct drm_gpuvm_bo *drm_gpuvm_bo_create(struct drm_gpuvm *vm,
					 struct drm_gem_object *obj)
{
	struct drm_gpuvm_bo *vm_bo;

	if (ngv_gem_gpuva_prepare(obj))
		return NULL;
	if (vm->ops && vm->ops->vm_bo_alloc)
		vm_bo = vm->ops->vm_bo_alloc();
	else
		vm_bo = kzalloc(sizeof(*vm_bo), GFP_KERNEL);
	if (!vm_bo)
		return NULL;

	kref_init(&vm_bo->kref);
	vm_bo->evicted = false;
	INIT_LIST_HEAD(&vm_bo->list.gpuva);
	INIT_LIST_HEAD(&vm_bo->list.entry.gem);
	INIT_LIST_HEAD(&vm_bo->list.entry.evict);
	INIT_LIST_HEAD(&vm_bo->list.entry.extobj);

	/* Drivers may sleep here, but maybe not where they insert the mappings. */
	gpuvm_tree_reserve(vm);
	drm_gem_object_get(obj);
	vm_bo->obj = obj;
	vm_bo->vm = drm_gpuvm_get(vm);
	return vm_bo;
}
EXPORT_SYMBOL_GPL(drm_gpuvm_bo_create);

static struct drm_gpuvm_bo *first_vm_bo(struct drm_gem_object *obj)
{
	return list_first_entry_or_null(ngv_gem_gpuva_list(obj), struct drm_gpuvm_bo,
					list.entry.gem);
}

/* Returns the pointer to @vm's vm_bo below *@slot, or the pointer where it belongs. */
static struct drm_gpuvm_bo **index_slot(struct drm_gpuvm_bo **slot, const struct drm_gpuvm *vm)
{
	/* An odd factor maps different addresses to different keys. */
	u64 key = (u64)(unsigned long)vm * 0x9e3779b97f4a7c15ULL;

	for (; *slot && (*slot)->vm != vm; key <<= 1)
		slot = &(*slot)->index.child[key >> 63];
	return slot;
}

static struct drm_gpuvm_bo *lookup(const struct drm_gpuvm *vm, struct drm_gem_object *obj)
{
	struct drm_gpuvm_bo *first = first_vm_bo(obj);

	if (!first || first->vm == vm)
		return first;
	if (list_is_last(&first->list.entry.gem, ngv_gem_gpuva_list(obj)))
		return NULL;
	return *index_slot(&first->index.root, vm);
}

static struct drm_gpuvm_bo *publish(struct drm_gpuvm_bo *vm_bo)
{
	struct drm_gpuvm_bo *first = first_vm_bo(vm_bo->obj) ?: vm_bo;

	vm_bo->index.child[0] = NULL;
	vm_bo->index.child[1] = NULL;
	vm_bo->index.root = NULL;
	*index_slot(&first->index.root, vm_bo->vm) = vm_bo;
	list_add_tail(&vm_bo->list.entry.gem, ngv_gem_gpuva_list(vm_bo->obj));
	return vm_bo;
}

/* Removes the vm_bo from the list and the index, so that no lookup finds it. */
static void unpublish(struct drm_gpuvm_bo *vm_bo)
{
	struct drm_gpuvm_bo *first, *root, **slot, **end;

	if (list_empty(&vm_bo->list.entry.gem))
		return;

	first = first_vm_bo(vm_bo->obj);
	slot = index_slot(&first->index.root, vm_bo->vm);
	end = slot;
	while ((*end)->index.child[0] || (*end)->index.child[1])
		end = &(*end)->index.child[!(*end)->index.child[0]];
	/*
	 * A leaf below the vm_bo can replace it: the path of the leaf's key leads
	 * through here.
	 */
	if (end == slot) {
		*slot = NULL;
	} else {
		struct drm_gpuvm_bo *heir = *end;

		*end = NULL;
		heir->index.child[0] = vm_bo->index.child[0];
		heir->index.child[1] = vm_bo->index.child[1];
		*slot = heir;
	}

	root = first->index.root;
	list_del_init(&vm_bo->list.entry.gem);
	first = first_vm_bo(vm_bo->obj);
	if (first)
		first->index.root = root;
}

/**
 * gpuvm_bo_free() - frees a vm_bo
 * @vm_bo: the vm_bo, which no lookup finds any more
 *
 * May sleep.
 */
void gpuvm_bo_free(struct drm_gpuvm_bo *vm_bo)
{
	struct drm_gem_object *obj = vm_bo->obj;
	struct drm_gpuvm *vm = vm_bo->vm;

	if (vm->ops && vm->ops->vm_bo_free)
		vm->ops->vm_bo_free(vm_bo);
	else
		kfree(vm_bo);

	drm_gpuvm_put(vm);
	drm_gem_object_put(obj);
}

static void vm_bo_release(struct kref *kref)
{
	struct drm_gpuvm_bo *vm_bo = container_of(kref, struct drm_gpuvm_bo, kref);

	gpuvm_assert_gpuva_lock(vm_bo->vm, vm_bo->obj);
	unpublish(vm_bo);
	gpuvm_bo_doom(vm_bo);
	if (gpuvm_bo_unused(vm_bo))
		gpuvm_bo_free(vm_bo);
}

/* For a vm_bo that was never published: no lock protects it. */
static void vm_bo_release_unused(struct kref *kref)
{
	gpuvm_bo_free(container_of(kref, struct drm_gpuvm_bo, kref));
}

/**
 * drm_gpuvm_bo_put() - drops a reference
 * @vm_bo: the vm_bo, or NULL
 *
 * If the reference may be the last, the caller holds the object's gpuva lock, and the
 * VM's dma-resv too if the VM is %DRM_GPUVM_RESV_PROTECTED.  If the lock is part of the
 * object, the caller holds a reference to the object.  May sleep.
 *
 * Return: true if the reference was the last.  Semantics: mainline 6.12.
 */
bool drm_gpuvm_bo_put(struct drm_gpuvm_bo *vm_bo)
{
	might_sleep();

	return vm_bo && kref_put(&vm_bo->kref, vm_bo_release);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_bo_put);

/**
 * drm_gpuvm_bo_find() - looks up a vm_bo
 * @vm: the VM
 * @obj: the object
 *
 * The caller holds the object's gpuva lock.
 *
 * Return: the vm_bo with a reference for the caller, or NULL.  Semantics: mainline 6.12.
 */
struct drm_gpuvm_bo *drm_gpuvm_bo_find(struct drm_gpuvm *vm, struct drm_gem_object *obj)
{
	struct drm_gpuvm_bo *vm_bo;

	gpuvm_assert_gpuva_lock(vm, obj);

	vm_bo = lookup(vm, obj);
	return vm_bo ? drm_gpuvm_bo_get(vm_bo) : NULL;
}
EXPORT_SYMBOL_GPL(drm_gpuvm_bo_find);

/**
 * drm_gpuvm_bo_obtain() - looks up a vm_bo, or creates it
 * @vm: the VM
 * @obj: the object
 *
 * The caller holds the object's gpuva lock.  May sleep.
 *
 * Return: the vm_bo with a reference for the caller, or an ERR_PTR: -ENOMEM.
 * Semantics: mainline 6.12.
 */
struct drm_gpuvm_bo *drm_gpuvm_bo_obtain(struct drm_gpuvm *vm, struct drm_gem_object *obj)
{
	struct drm_gpuvm_bo *vm_bo = drm_gpuvm_bo_find(vm, obj);

	if (vm_bo)
		return vm_bo;

	vm_bo = drm_gpuvm_bo_create(vm, obj);
	return vm_bo ? publish(vm_bo) : ERR_PTR(-ENOMEM);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_bo_obtain);

/**
 * drm_gpuvm_bo_obtain_locked() - drm_gpuvm_bo_obtain() with the name of mainline 7.3
 * @vm: the VM; not in immediate mode, because the function allocates under the gpuva
 *	lock
 * @obj: the object
 *
 * Return: as drm_gpuvm_bo_obtain().
 */
struct drm_gpuvm_bo *drm_gpuvm_bo_obtain_locked(struct drm_gpuvm *vm,
						struct drm_gem_object *obj)
{
	drm_WARN_ON(vm->drm, drm_gpuvm_immediate_mode(vm));
	return drm_gpuvm_bo_obtain(vm, obj);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_bo_obtain_locked);

/**
 * drm_gpuvm_bo_obtain_prealloc() - looks up a vm_bo, or publishes an allocated one
 * @prealloc: from drm_gpuvm_bo_create(); the function takes over the caller's reference
 *
 * The caller holds the object's gpuva lock.  In immediate mode the caller must not hold
 * it: the function takes the mutex.  Does not allocate.
 *
 * Return: the vm_bo of @prealloc's VM and object, with a reference for the caller: the
 * existing vm_bo, or else @prealloc.  Semantics: mainline 6.12, and 7.3 in immediate
 * mode.
 */
struct drm_gpuvm_bo *drm_gpuvm_bo_obtain_prealloc(struct drm_gpuvm_bo *prealloc)
{
	const bool immediate = drm_gpuvm_immediate_mode(prealloc->vm);
	struct drm_gem_object *obj = prealloc->obj;
	struct drm_gpuvm_bo *vm_bo;

	if (immediate)
		mutex_lock(ngv_gem_gpuva_mutex(obj));
	vm_bo = drm_gpuvm_bo_find(prealloc->vm, obj);
	if (!vm_bo)
		publish(prealloc);
	if (immediate)
		mutex_unlock(ngv_gem_gpuva_mutex(obj));

	if (!vm_bo)
		return prealloc;
	/*
	 * After the unlock: this may drop the object's last reference, and free the
	 * mutex.
	 */
	kref_put(&prealloc->kref, vm_bo_release_unused);
	return vm_bo;
}
EXPORT_SYMBOL_GPL(drm_gpuvm_bo_obtain_prealloc);

/**
 * drm_gpuva_link() - links a mapping to the vm_bo of its VM and object
 * @va: the mapping; nothing happens if it has no object
 * @vm_bo: the vm_bo of its VM and its object
 *
 * The caller holds the object's gpuva lock.  Does not allocate or sleep.  The mapping
 * keeps @vm_bo alive.  Semantics: mainline 6.12.
 */
void drm_gpuva_link(struct drm_gpuva *va, struct drm_gpuvm_bo *vm_bo)
{
	struct list_head *mappings;

	if (!va->gem.obj)
		return;

	gpuvm_assert_gpuva_lock(vm_bo->vm, va->gem.obj);
	drm_WARN_ON(vm_bo->vm->drm, va->gem.obj != vm_bo->obj);

	mappings = &vm_bo->list.gpuva;
	if (list_empty(mappings))
		drm_gpuvm_bo_get(vm_bo);
	list_add_tail(&va->gem.entry, mappings);
	va->vm_bo = vm_bo;
}
EXPORT_SYMBOL_GPL(drm_gpuva_link);

/**
 * drm_gpuva_unlink() - unlinks a mapping from the vm_bo of its VM and object
 * @va: the mapping; nothing happens if it has no object or is not linked
 *
 * The caller holds the object's gpuva lock and meets the conditions of
 * drm_gpuvm_bo_put(): the last mapping drops the reference that all linked mappings
 * hold.  Semantics: mainline 6.12.
 */
void drm_gpuva_unlink(struct drm_gpuva *va)
{
	struct drm_gpuvm_bo *vm_bo = va->vm_bo;

	if (!va->gem.obj)
		return;

	if (!vm_bo)
		return;
	gpuvm_assert_gpuva_lock(vm_bo->vm, va->gem.obj);

	list_del_init(&va->gem.entry);
	va->vm_bo = NULL;
	if (list_empty(&vm_bo->list.gpuva))
		drm_gpuvm_bo_put(vm_bo);
}
EXPORT_SYMBOL_GPL(drm_gpuva_unlink);

/*
 * A fence signalling critical path must not lock a dma-resv or free an object, and
 * nobody may free an object under its own mutex.  So only remove the vm_bo from lookups
 * here, and from lists that have spinlocks; drm_gpuvm_bo_deferred_cleanup() does the
 * rest.
 */
static void vm_bo_retire(struct kref *kref)
{
	struct drm_gpuvm_bo *vm_bo = container_of(kref, struct drm_gpuvm_bo, kref);

	unpublish(vm_bo);
	if (!drm_gpuvm_resv_protected(vm_bo->vm))
		gpuvm_bo_doom(vm_bo);
}

/*
 * Drops the reference if it is the last.  The caller holds the object's gpuva mutex, so
 * no lookup finds the vm_bo meanwhile.
 */
static bool put_last(struct drm_gpuvm_bo *vm_bo)
{
	return kref_read(&vm_bo->kref) == 1 && kref_put(&vm_bo->kref, vm_bo_retire);
}

/* Without the mutex: once the vm_bo is on the list, another thread may free its object. */
static void defer(struct drm_gpuvm_bo *vm_bo)
{
	llist_add(&vm_bo->list.entry.bo_defer, &vm_bo->vm->bo_defer);
}

/**
 * drm_gpuvm_bo_put_deferred() - drops a reference, and defers freeing the vm_bo
 * @vm_bo: the vm_bo, or NULL; its VM is in immediate mode
 *
 * Allowed in a fence signalling critical path.  Takes the object's gpuva mutex if the
 * reference may be the last.  The driver calls drm_gpuvm_bo_deferred_cleanup() later.
 *
 * Return: true if the reference was the last.  Semantics: mainline 7.3.
 */
bool drm_gpuvm_bo_put_deferred(struct drm_gpuvm_bo *vm_bo)
{
	bool last = false;

	if (!vm_bo)
		return false;
	drm_WARN_ON(vm_bo->vm->drm, !drm_gpuvm_immediate_mode(vm_bo->vm));

	/*
	 * As long as this thread has its reference, nobody frees the object.  So the
	 * reference is dropped under the object's mutex only if it is the last.
	 */
	while (!last && !refcount_dec_not_one(&vm_bo->kref.refcount)) {
		struct mutex *mutex = ngv_gem_gpuva_mutex(vm_bo->obj);

		mutex_lock(mutex);
		last = put_last(vm_bo);
		mutex_unlock(mutex);
	}
	if (last)
		defer(vm_bo);
	return last;
}
EXPORT_SYMBOL_GPL(drm_gpuvm_bo_put_deferred);

/**
 * drm_gpuva_unlink_defer() - drm_gpuva_unlink() for fence signalling critical paths
 * @va: the mapping; nothing happens if it has no object or is not linked
 *
 * Takes the object's gpuva mutex.  See drm_gpuvm_bo_put_deferred().
 * Semantics: mainline 7.3.
 */
void drm_gpuva_unlink_defer(struct drm_gpuva *va)
{
	struct drm_gem_object *obj = va->gem.obj;
	struct drm_gpuvm_bo *vm_bo = va->vm_bo;
	bool unmapped, last = false;

	if (!obj || !vm_bo)
		return;
	drm_WARN_ON(vm_bo->vm->drm, !drm_gpuvm_immediate_mode(vm_bo->vm));

	mutex_lock(ngv_gem_gpuva_mutex(obj));
	list_del_init(&va->gem.entry);
	va->vm_bo = NULL;
	unmapped = list_empty(&vm_bo->list.gpuva);
	if (unmapped)
		last = put_last(vm_bo);
	mutex_unlock(ngv_gem_gpuva_mutex(obj));
	if (last)
		defer(vm_bo);
	else if (unmapped)
		drm_gpuvm_bo_put_deferred(vm_bo);
}
EXPORT_SYMBOL_GPL(drm_gpuva_unlink_defer);

/**
 * drm_gpuvm_bo_deferred_cleanup() - frees the vm_bos whose freeing was deferred
 * @vm: the VM, to which the caller has a reference
 *
 * Locks the VM's dma-resv if the VM is %DRM_GPUVM_RESV_PROTECTED.  May sleep.
 * Semantics: mainline 7.3.
 */
void drm_gpuvm_bo_deferred_cleanup(struct drm_gpuvm *vm)
{
	struct llist_node *retired = llist_del_all(&vm->bo_defer);
	struct drm_gpuvm_bo *vm_bo, *next;

	if (!retired)
		return;
	if (drm_gpuvm_resv_protected(vm)) {
		dma_resv_lock(drm_gpuvm_resv(vm), NULL);
		llist_for_each_entry(vm_bo, retired, list.entry.bo_defer)
			gpuvm_bo_doom(vm_bo);
		dma_resv_unlock(drm_gpuvm_resv(vm));
	}

	/*
	 * After the unlock: a vm_bo may hold the last reference to the dma-resv's
	 * object.
	 */
	llist_for_each_entry_safe(vm_bo, next, retired, list.entry.bo_defer) {
		if (gpuvm_bo_unused(vm_bo))
			gpuvm_bo_free(vm_bo);
	}
}
EXPORT_SYMBOL_GPL(drm_gpuvm_bo_deferred_cleanup);
