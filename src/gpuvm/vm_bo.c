// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: pairs of VM and object
 *
 * A &struct drm_gpuvm_bo is a pair of one GEM object and one VM.  The pairs of an
 * object lead to all VMs that map it, and to its mappings in each VM.  A driver uses
 * them to evict the object, or to update all mappings after the object has moved.  A
 * VM's lists of external and of evicted objects consist of pairs.
 *
 * The object's gpuva lock protects the object's list of pairs and each pair's list of
 * mappings.  The lock is the object's dma-resv, or a mutex in immediate mode.  A caller
 * holds the lock to look up a pair, to link or unlink a mapping, and to drop a
 * reference that may be the last.
 *
 * All linked mappings of a pair together hold one reference to the pair.
 *
 * An object has a list of its pairs for walks, and an index by VM.  The index is a
 * digital search tree: a pair's key is its VM's address spread over 64 bits, and each
 * bit of the key selects a child.  A pair may stand at any node on its key's path.  No
 * two pairs of an object have the same key.  The object has room only for the list, so
 * the root of the index is in the first pair of the list.
 *
 * Complexity: looking up, adding and removing a pair is O(log n), n being the number of
 * VMs that map the object; the rest is O(1).
 */

#include <linux/err.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include <drm/drm_print.h>

#include "internal.h"

/**
 * drm_gpuvm_bo_create() - allocates a pair that no lookup finds yet
 * @vm: the VM; a reference is taken
 * @obj: the object; a reference is taken
 *
 * For drm_gpuvm_bo_obtain_prealloc().  No locks.  May sleep.
 *
 * Return: the pair with one reference, which the caller owns, or NULL if there is no
 * memory.  Semantics: mainline 6.12.
 */
struct drm_gpuvm_bo *drm_gpuvm_bo_create(struct drm_gpuvm *vm,
					 struct drm_gem_object *obj)
{
	struct drm_gpuvm_bo *pair;

	if (vm->ops && vm->ops->vm_bo_alloc)
		pair = vm->ops->vm_bo_alloc();
	else
		pair = kzalloc(sizeof(*pair), GFP_KERNEL);
	if (!pair)
		return NULL;

	kref_init(&pair->kref);
	pair->evicted = false;
	INIT_LIST_HEAD(&pair->list.gpuva);
	INIT_LIST_HEAD(&pair->list.entry.gem);
	INIT_LIST_HEAD(&pair->list.entry.evict);
	INIT_LIST_HEAD(&pair->list.entry.extobj);

	/* Drivers may sleep here, but maybe not where they insert the mappings. */
	gpuvm_tree_reserve(vm);
	drm_gem_object_get(obj);
	pair->obj = obj;
	pair->vm = drm_gpuvm_get(vm);
	return pair;
}
EXPORT_SYMBOL_GPL(drm_gpuvm_bo_create);

static struct drm_gpuvm_bo *first_pair(struct drm_gem_object *obj)
{
	return list_first_entry_or_null(ngv_gem_gpuva_list(obj), struct drm_gpuvm_bo,
					list.entry.gem);
}

/* Returns the pointer to @vm's pair below *@slot, or the pointer where it belongs. */
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
	struct drm_gpuvm_bo *first = first_pair(obj);

	if (!first || first->vm == vm)
		return first;
	if (list_is_last(&first->list.entry.gem, ngv_gem_gpuva_list(obj)))
		return NULL;
	return *index_slot(&first->index.root, vm);
}

static struct drm_gpuvm_bo *publish(struct drm_gpuvm_bo *pair)
{
	struct drm_gpuvm_bo *first = first_pair(pair->obj) ?: pair;

	pair->index.child[0] = NULL;
	pair->index.child[1] = NULL;
	pair->index.root = NULL;
	*index_slot(&first->index.root, pair->vm) = pair;
	list_add_tail(&pair->list.entry.gem, ngv_gem_gpuva_list(pair->obj));
	return pair;
}

/* Removes the pair from the list and the index, so that no lookup finds it. */
static void unpublish(struct drm_gpuvm_bo *pair)
{
	struct drm_gpuvm_bo *first, *root, **slot, **end;

	if (list_empty(&pair->list.entry.gem))
		return;

	first = first_pair(pair->obj);
	slot = index_slot(&first->index.root, pair->vm);
	end = slot;
	while ((*end)->index.child[0] || (*end)->index.child[1])
		end = &(*end)->index.child[!(*end)->index.child[0]];
	/*
	 * A leaf below the pair can replace it: the path of the leaf's key leads
	 * through here.
	 */
	if (end == slot) {
		*slot = NULL;
	} else {
		struct drm_gpuvm_bo *heir = *end;

		*end = NULL;
		heir->index.child[0] = pair->index.child[0];
		heir->index.child[1] = pair->index.child[1];
		*slot = heir;
	}

	root = first->index.root;
	list_del_init(&pair->list.entry.gem);
	first = first_pair(pair->obj);
	if (first)
		first->index.root = root;
}

/**
 * gpuvm_bo_free() - frees a pair
 * @vm_bo: the pair, which no lookup finds any more
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
	struct drm_gpuvm_bo *pair = container_of(kref, struct drm_gpuvm_bo, kref);

	gpuvm_assert_pairs_locked(pair->vm, pair->obj);
	unpublish(pair);
	gpuvm_bo_lists_leave(pair);
}

/* For a pair that was never published: no lock protects it. */
static void vm_bo_release_unused(struct kref *kref)
{
	gpuvm_bo_free(container_of(kref, struct drm_gpuvm_bo, kref));
}

/**
 * drm_gpuvm_bo_put() - drops a reference
 * @vm_bo: the pair, or NULL
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
 * drm_gpuvm_bo_find() - looks up a pair
 * @vm: the VM
 * @obj: the object
 *
 * The caller holds the object's gpuva lock.
 *
 * Return: the pair with a reference for the caller, or NULL.  Semantics: mainline 6.12.
 */
struct drm_gpuvm_bo *drm_gpuvm_bo_find(struct drm_gpuvm *vm, struct drm_gem_object *obj)
{
	struct drm_gpuvm_bo *pair;

	gpuvm_assert_pairs_locked(vm, obj);

	pair = lookup(vm, obj);
	return pair ? drm_gpuvm_bo_get(pair) : NULL;
}
EXPORT_SYMBOL_GPL(drm_gpuvm_bo_find);

/**
 * drm_gpuvm_bo_obtain() - looks up a pair, or creates it
 * @vm: the VM
 * @obj: the object
 *
 * The caller holds the object's gpuva lock.  May sleep.
 *
 * Return: the pair with a reference for the caller, or an ERR_PTR: -ENOMEM.
 * Semantics: mainline 6.12.
 */
struct drm_gpuvm_bo *drm_gpuvm_bo_obtain(struct drm_gpuvm *vm, struct drm_gem_object *obj)
{
	struct drm_gpuvm_bo *pair = drm_gpuvm_bo_find(vm, obj);

	if (pair)
		return pair;

	pair = drm_gpuvm_bo_create(vm, obj);
	return pair ? publish(pair) : ERR_PTR(-ENOMEM);
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
 * drm_gpuvm_bo_obtain_prealloc() - looks up a pair, or publishes an allocated one
 * @prealloc: from drm_gpuvm_bo_create(); the function takes over the caller's reference
 *
 * The caller holds the object's gpuva lock.  In immediate mode the caller must not hold
 * it: the function takes the mutex.  Does not allocate.
 *
 * Return: the pair of @prealloc's VM and object, with a reference for the caller: the
 * existing pair, or else @prealloc.  Semantics: mainline 6.12, and 7.3 in immediate
 * mode.
 */
struct drm_gpuvm_bo *drm_gpuvm_bo_obtain_prealloc(struct drm_gpuvm_bo *prealloc)
{
	const bool immediate = drm_gpuvm_immediate_mode(prealloc->vm);
	struct drm_gem_object *obj = prealloc->obj;
	struct drm_gpuvm_bo *pair;

	if (immediate)
		mutex_lock(ngv_gem_gpuva_mutex(obj));
	pair = drm_gpuvm_bo_find(prealloc->vm, obj);
	if (!pair)
		publish(prealloc);
	if (immediate)
		mutex_unlock(ngv_gem_gpuva_mutex(obj));

	if (!pair)
		return prealloc;
	/*
	 * After the unlock: this may drop the object's last reference, and free the
	 * mutex.
	 */
	kref_put(&prealloc->kref, vm_bo_release_unused);
	return pair;
}
EXPORT_SYMBOL_GPL(drm_gpuvm_bo_obtain_prealloc);

/**
 * drm_gpuva_link() - links a mapping to the pair of its VM and object
 * @va: the mapping; nothing happens if it has no object
 * @vm_bo: the pair of its VM and its object
 *
 * The caller holds the object's gpuva lock.  Does not allocate or sleep.  The mapping
 * keeps @vm_bo alive.  Semantics: mainline 6.12.
 */
void drm_gpuva_link(struct drm_gpuva *va, struct drm_gpuvm_bo *vm_bo)
{
	struct list_head *mappings;

	if (!va->gem.obj)
		return;

	gpuvm_assert_pairs_locked(vm_bo->vm, va->gem.obj);
	drm_WARN_ON(vm_bo->vm->drm, va->gem.obj != vm_bo->obj);

	mappings = &vm_bo->list.gpuva;
	if (list_empty(mappings))
		drm_gpuvm_bo_get(vm_bo);
	list_add_tail(&va->gem.entry, mappings);
	va->vm_bo = vm_bo;
}
EXPORT_SYMBOL_GPL(drm_gpuva_link);

/**
 * drm_gpuva_unlink() - unlinks a mapping from the pair of its VM and object
 * @va: the mapping; nothing happens if it has no object or is not linked
 *
 * The caller holds the object's gpuva lock and meets the conditions of
 * drm_gpuvm_bo_put(): the last mapping drops the reference that all linked mappings
 * hold.  Semantics: mainline 6.12.
 */
void drm_gpuva_unlink(struct drm_gpuva *va)
{
	struct drm_gpuvm_bo *pair = va->vm_bo;

	if (!va->gem.obj)
		return;

	if (!pair)
		return;
	gpuvm_assert_pairs_locked(pair->vm, va->gem.obj);

	list_del_init(&va->gem.entry);
	va->vm_bo = NULL;
	if (list_empty(&pair->list.gpuva))
		drm_gpuvm_bo_put(pair);
}
EXPORT_SYMBOL_GPL(drm_gpuva_unlink);

/*
 * A fence signalling critical path must not lock a dma-resv or free an object, and
 * nobody may free an object under its own mutex.  So only remove the pair from lookups
 * here; drm_gpuvm_bo_deferred_cleanup() does the rest.
 */
static void vm_bo_retire(struct kref *kref)
{
	unpublish(container_of(kref, struct drm_gpuvm_bo, kref));
}

/* Without the mutex: once the pair is on the list, another thread may free its object. */
static void defer(struct drm_gpuvm_bo *pair)
{
	llist_add(&pair->list.entry.bo_defer, &pair->vm->bo_defer);
}

/**
 * drm_gpuvm_bo_put_deferred() - drops a reference, and defers freeing the pair
 * @vm_bo: the pair, or NULL; its VM is in immediate mode
 *
 * Allowed in a fence signalling critical path.  Takes the object's gpuva mutex.  The
 * driver calls drm_gpuvm_bo_deferred_cleanup() later.
 *
 * Return: true if the reference was the last.  Semantics: mainline 7.3.
 */
bool drm_gpuvm_bo_put_deferred(struct drm_gpuvm_bo *vm_bo)
{
	struct drm_gem_object *obj;
	bool last;

	if (!vm_bo)
		return false;
	drm_WARN_ON(vm_bo->vm->drm, !drm_gpuvm_immediate_mode(vm_bo->vm));

	obj = vm_bo->obj;
	mutex_lock(ngv_gem_gpuva_mutex(obj));
	last = kref_put(&vm_bo->kref, vm_bo_retire);
	mutex_unlock(ngv_gem_gpuva_mutex(obj));
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
	struct drm_gpuvm_bo *pair = va->vm_bo;
	bool last = false;

	if (!obj || !pair)
		return;
	drm_WARN_ON(pair->vm->drm, !drm_gpuvm_immediate_mode(pair->vm));

	mutex_lock(ngv_gem_gpuva_mutex(obj));
	list_del_init(&va->gem.entry);
	va->vm_bo = NULL;
	if (list_empty(&pair->list.gpuva))
		last = kref_put(&pair->kref, vm_bo_retire);
	mutex_unlock(ngv_gem_gpuva_mutex(obj));
	if (last)
		defer(pair);
}
EXPORT_SYMBOL_GPL(drm_gpuva_unlink_defer);

/**
 * drm_gpuvm_bo_deferred_cleanup() - frees the pairs whose freeing was deferred
 * @vm: the VM, to which the caller has a reference
 *
 * Locks the VM's dma-resv if the VM is %DRM_GPUVM_RESV_PROTECTED.  May sleep.
 * Semantics: mainline 7.3.
 */
void drm_gpuvm_bo_deferred_cleanup(struct drm_gpuvm *vm)
{
	struct llist_node *retired = llist_del_all(&vm->bo_defer);
	struct drm_gpuvm_bo *pair, *next;
	bool resv = drm_gpuvm_resv_protected(vm);
	LIST_HEAD(gone);

	if (!retired)
		return;
	if (resv)
		dma_resv_lock(drm_gpuvm_resv(vm), NULL);
	llist_for_each_entry_safe(pair, next, retired, list.entry.bo_defer) {
		if (gpuvm_bo_lists_left(pair))
			list_add_tail(&pair->list.entry.gem, &gone);
	}
	if (resv)
		dma_resv_unlock(drm_gpuvm_resv(vm));

	/*
	 * After the unlock: a pair may hold the last reference to the dma-resv's
	 * object.
	 */
	list_for_each_entry_safe(pair, next, &gone, list.entry.gem)
		gpuvm_bo_free(pair);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_bo_deferred_cleanup);
