// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: address spaces
 *
 * A &struct drm_gpuvm describes the contents of a GPU's virtual address space.  The
 * driver writes the page tables.
 *
 * Locking:
 *
 * - A lock of the driver, one for each VM, protects the mappings: insert, remove, find,
 *   the iterators, and every function that makes operations.
 * - The object's gpuva lock protects the object's vm_bos and the mappings linked to
 *   them.  The lock is the object's dma-resv, unless drm_gem_gpuva_set_lock() set
 *   another one.  Lockdep checks that the lock is held.
 * - The lists of external and of evicted objects have their own locks, unless the VM is
 *   %DRM_GPUVM_RESV_PROTECTED; see lists.c.
 *
 * A driver that binds, without error handling::
 *
 *	mutex_lock(&my_vm->lock);
 *	ops = drm_gpuvm_sm_map_ops_create(vm, addr, range, obj, offset);
 *	drm_gpuva_for_each_op(op, ops)
 *		my_prepare(op);			// allocates mappings, page tables
 *	drm_gpuva_for_each_op(op, ops)
 *		my_commit(op);			// drm_gpuva_map(), _remap(), _unmap()
 *	dma_resv_lock(obj->resv, NULL);
 *	vm_bo = drm_gpuvm_bo_obtain(vm, obj);
 *	drm_gpuvm_bo_extobj_add(vm_bo);
 *	drm_gpuva_for_each_op(op, ops)
 *		my_link(op, vm_bo);		// drm_gpuva_link(), _unlink()
 *	drm_gpuvm_bo_put(vm_bo);
 *	dma_resv_unlock(obj->resv);
 *	drm_gpuva_ops_free(vm, ops);
 *	mutex_unlock(&my_vm->lock);
 *
 * Complexity: O(1) for everything in this file, except freeing a VM that still has
 * mappings.
 */

#include <linux/module.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_print.h>

#include "internal.h"
#include "tree.h"

/**
 * drm_gpuvm_range_valid() - checks whether a driver may map a range
 * @vm: the VM
 * @addr: first address
 * @range: length
 *
 * Any context, no locks.
 *
 * Return: true if the range is not empty, lies in the VM and does not overlap the
 * reserved range.  Semantics: mainline 6.12, which accepts an empty range.
 */
bool drm_gpuvm_range_valid(struct drm_gpuvm *vm, u64 addr, u64 range)
{
	return gpuvm_range_valid(vm, addr, range);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_range_valid);

/**
 * drm_gpuvm_init() - initialises an empty VM
 * @vm: the VM, zeroed
 * @name: for debugfs; must live as long as @vm; may be NULL
 * @flags: see &enum drm_gpuvm_flags
 * @drm: the device; a reference is taken
 * @r_obj: object whose dma-resv becomes the VM's; a reference is taken
 * @start: first address
 * @range: length
 * @reserve_start: first address of the range reserved for the kernel
 * @reserve_range: length of the reserved range; 0 for none
 * @ops: the driver's callbacks; @ops->vm_free is mandatory
 *
 * The caller gets the first reference, see drm_gpuvm_put().  Any context.
 * Semantics: mainline 6.12.
 */
void drm_gpuvm_init(struct drm_gpuvm *vm, const char *name,
		    enum drm_gpuvm_flags flags, struct drm_device *drm,
		    struct drm_gem_object *r_obj, u64 start, u64 range,
		    u64 reserve_start, u64 reserve_range,
		    const struct drm_gpuvm_ops *ops)
{
	struct drm_gpuva *kernel = &vm->kernel_alloc_node;
	u64 end;

	drm_dev_get(drm);
	drm_gem_object_get(r_obj);
	vm->drm = drm;
	vm->r_obj = r_obj;
	vm->ops = ops;
	vm->flags = flags;
	vm->name = name ?: "unknown";
	kref_init(&vm->kref);

	gpuvm_tree_init(vm);
	gpuvm_lists_init(vm);
	init_llist_head(&vm->bo_defer);

	drm_WARN(drm, !gpuvm_span_end(start, range, &end),
		 "GPU VA space does not end within 64 bits\n");
	vm->mm_start = start;
	vm->mm_range = range;

	memset(kernel, 0, sizeof(*kernel));
	if (drm_WARN(drm, !gpuvm_span_end(reserve_start, reserve_range, &end),
		     "reserved GPU VA range does not end within 64 bits\n"))
		return;
	drm_gpuva_init(kernel, reserve_start, reserve_range, NULL, 0);
	if (reserve_range)
		gpuvm_tree_insert(vm, kernel);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_init);

/**
 * drm_gpuvm_init_immediate_bit() - drm_gpuvm_init() with the flags of mainline 7.3
 * @vm: the VM, zeroed
 * @name: for debugfs; must live as long as @vm; may be NULL
 * @flags: see &enum drm_gpuvm_flags; bit 1 is %DRM_GPUVM_IMMEDIATE_MODE
 * @drm: the device; a reference is taken
 * @r_obj: object whose dma-resv becomes the VM's; a reference is taken
 * @start: first address
 * @range: length
 * @reserve_start: first address of the range reserved for the kernel
 * @reserve_range: length of the reserved range; 0 for none
 * @ops: the driver's callbacks; @ops->vm_free is mandatory
 *
 * Under the rules of drm_gpuvm_init().  Semantics: mainline 7.3.
 */
void drm_gpuvm_init_immediate_bit(struct drm_gpuvm *vm, const char *name,
				  enum drm_gpuvm_flags flags, struct drm_device *drm,
				  struct drm_gem_object *r_obj, u64 start, u64 range,
				  u64 reserve_start, u64 reserve_range,
				  const struct drm_gpuvm_ops *ops)
{
	if (flags & BIT(1))
		flags |= __DRM_GPUVM_IMMEDIATE;
	drm_gpuvm_init(vm, name, flags, drm, r_obj, start, range, reserve_start,
		       reserve_range, ops);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_init_immediate_bit);

static void gpuvm_release(struct kref *kref)
{
	struct drm_gpuvm *vm = container_of(kref, struct drm_gpuvm, kref);
	struct drm_device *drm = vm->drm;
	struct gpuvm_place at;

	/* drm_debugfs_gpuva_info() must not show the VM any more. */
	vm->name = NULL;

	/* &drm_gpuva.vm is set only if drm_gpuvm_init() inserted the node. */
	if (vm->kernel_alloc_node.vm &&
	    gpuvm_tree_locate(&vm->kernel_alloc_node, &at))
		gpuvm_tree_erase(gpuvm_tree_of(vm), &vm->kernel_alloc_node, &at);
	drm_WARN(drm, !gpuvm_tree_empty(vm), "GPU VA space still has mappings\n");
	gpuvm_tree_fini(vm);
	drm_WARN(drm, !list_empty(&vm->extobj.list), "GPU VA space still has external objects\n");
	drm_WARN(drm, !list_empty(&vm->evict.list), "GPU VA space still has evicted objects\n");

	drm_WARN(drm, !llist_empty(&vm->bo_defer), "GPU VA space still has vm_bos to clean up\n");

	drm_gem_object_put(vm->r_obj);

	if (!drm_WARN_ON(drm, !vm->ops || !vm->ops->vm_free))
		vm->ops->vm_free(vm);
	drm_dev_put(drm);
}

/**
 * drm_gpuvm_put() - drops a reference
 * @vm: the VM, or NULL
 *
 * The last reference calls the driver's @vm_free and drops the reference to the object
 * of the VM's dma-resv.  This may sleep.  Semantics: mainline 6.12.
 */
void drm_gpuvm_put(struct drm_gpuvm *vm)
{
	if (vm)
		kref_put(&vm->kref, gpuvm_release);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_put);

static void resv_object_free(struct drm_gem_object *obj)
{
	drm_gem_object_release(obj);
	kfree(obj);
}

static const struct drm_gem_object_funcs resv_object_funcs = {
	.free = resv_object_free,
};

/**
 * drm_gpuvm_resv_object_alloc() - allocates an object that provides only a dma-resv
 * @drm: the device
 *
 * For drm_gpuvm_init(), if the driver has no object of its own.  May sleep.
 *
 * Return: the object with one reference, which the caller owns, or NULL if there is no
 * memory.  Semantics: mainline 6.12.
 */
struct drm_gem_object *drm_gpuvm_resv_object_alloc(struct drm_device *drm)
{
	struct drm_gem_object *obj = kzalloc(sizeof(*obj), GFP_KERNEL);

	if (obj) {
		drm_gem_private_object_init(drm, obj, 0);
		obj->funcs = &resv_object_funcs;
	}
	return obj;
}
EXPORT_SYMBOL_GPL(drm_gpuvm_resv_object_alloc);

MODULE_DESCRIPTION("GPU virtual address space management");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(NGV_VERSION);
