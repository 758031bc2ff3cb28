// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: address spaces
 *
 * A &struct drm_gpuvm knows what a GPU's virtual address space contains.  It
 * does not touch page tables; that is the driver's part.
 *
 * Who locks what:
 *
 * - The mappings (insert, remove, find, the iterators, everything that makes
 *   operations) are protected by a lock of the driver's, one for each VM.
 * - What hangs on a GEM object (pairs of VM and object, the mappings linked to
 *   them) is protected by the object's gpuva lock: its dma-resv, unless
 *   drm_gem_gpuva_set_lock() named another.  Lockdep checks it.
 * - The lists of external and of evicted objects have locks of their own,
 *   unless the VM is %DRM_GPUVM_RESV_PROTECTED; see lists.c.
 *
 * A driver that binds, with error handling left out::
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
 * Complexity: O(1) for all in this file but the end of a VM that was not emptied.
 */

#include <linux/module.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_print.h>

#include "internal.h"
#include "tree.h"

/**
 * drm_gpuvm_range_valid() - tells whether a driver may map a range
 * @vm: the VM
 * @addr: first address
 * @range: length
 *
 * Any context, no locks.
 *
 * Return: whether the range is not empty, lies inside the VM and does not touch
 * what is kept from user space.  Semantics: mainline 6.12, which takes an empty
 * range for valid.
 */
bool drm_gpuvm_range_valid(struct drm_gpuvm *vm, u64 addr, u64 range)
{
	return gpuvm_range_valid(vm, addr, range);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_range_valid);

/**
 * drm_gpuvm_init() - makes an empty VM
 * @vm: the VM, zeroed
 * @name: for debugfs; must live as long as @vm; may be NULL
 * @flags: see &enum drm_gpuvm_flags
 * @drm: the device; a reference is taken
 * @r_obj: object whose dma-resv becomes the VM's; a reference is taken
 * @start: first address
 * @range: length
 * @reserve_start: first address that is kept from user space
 * @reserve_range: length of that, 0 for nothing
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
	gpuvm_bo_list_init(&vm->extobj);
	gpuvm_bo_list_init(&vm->evict);
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

static void gpuvm_release(struct kref *kref)
{
	struct drm_gpuvm *vm = container_of(kref, struct drm_gpuvm, kref);
	struct drm_device *drm = vm->drm;
	struct gpuvm_place at;

	/* For debugfs: from here on there is no VM to show. */
	vm->name = NULL;

	/* Set where it was inserted. */
	if (vm->kernel_alloc_node.vm &&
	    gpuvm_tree_locate(&vm->kernel_alloc_node, &at))
		gpuvm_tree_erase(vm, &at);
	drm_WARN(drm, !gpuvm_tree_empty(vm), "GPU VA space still has mappings\n");
	gpuvm_tree_fini(vm);
	drm_WARN(drm, !list_empty(&vm->extobj.list), "GPU VA space still has external objects\n");
	drm_WARN(drm, !list_empty(&vm->evict.list), "GPU VA space still has evicted objects\n");

	drm_WARN(drm, !llist_empty(&vm->bo_defer), "GPU VA space still has pairs to clean up\n");

	drm_gem_object_put(vm->r_obj);

	if (!drm_WARN_ON(drm, !vm->ops || !vm->ops->vm_free))
		vm->ops->vm_free(vm);
	drm_dev_put(drm);
}

/**
 * drm_gpuvm_put() - drops a reference
 * @vm: the VM, or NULL
 *
 * The last one has the driver free the VM.  May sleep then: the object that
 * provides the dma-resv is put.  Semantics: mainline 6.12.
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
 * drm_gpuvm_resv_object_alloc() - makes an object that is only a dma-resv
 * @drm: the device
 *
 * For drm_gpuvm_init(), where a driver has no object of its own for it.  May
 * sleep.
 *
 * Return: the object, of which the caller has the only reference, or NULL if
 * there is no memory.  Semantics: mainline 6.12.
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
