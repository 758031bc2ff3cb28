// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: lists of operations
 *
 * A list holds the steps of a request for a driver that needs the steps more than once:
 * first where it may allocate, later in a fence signalling critical path.  A list
 * describes the VM at the time the list was made.  Before the next list is made, the
 * driver must carry out the steps of the list or free it.
 *
 * Locking: the driver's lock of the VM's mappings.  Exclusive when a list for a request
 * to map or unmap is made: this refills the reserve of the tree, because sleeping is
 * allowed here and may not be when the steps are carried out.
 *
 * Complexity: that of the search, and O(1) for each operation.  One allocation for a
 * list of up to five operations, and one for every 144 more, unless the driver
 * allocates operations itself.
 */

#include <linux/err.h>
#include <linux/slab.h>

#include "internal.h"

/* The memory to which a remap operation points */
struct remap_parts {
	struct drm_gpuva_op_unmap unmap;
	struct drm_gpuva_op_map prev, next;
};

/* Operations in the allocation of the list, which is half a kilobyte */
#define FIRST_OPS	5
/* Operations in each further allocation, which is two pages */
#define MORE_OPS	144

struct more_ops {
	struct more_ops *next;
	struct drm_gpuva_op op[MORE_OPS];
};

/*
 * The allocation of a list if the driver does not allocate operations.  A request has
 * at most two remap operations.
 */
struct ops_list {
	struct drm_gpuva_ops base;
	struct more_ops *more;
	unsigned int room;	/* operations left in the last allocation */
	unsigned int remaps;
	struct drm_gpuva_op op[FIRST_OPS];
	struct remap_parts parts[2];
};

static bool driver_allocates(const struct drm_gpuvm *vm)
{
	return vm->ops && (vm->ops->op_alloc || vm->ops->op_free);
}

static void free_op(struct drm_gpuvm *vm, struct drm_gpuva_op *op)
{
	/* Only @unmap is always set. */
	if (op->op == DRM_GPUVA_OP_REMAP)
		kfree(container_of(op->remap.unmap, struct remap_parts, unmap));

	if (vm->ops->op_free)
		vm->ops->op_free(op);
	else
		kfree(op);
}

/* Allocates an operation for the driver, and its parts if @parts is not NULL. */
static struct drm_gpuva_op *alloc_op(struct drm_gpuvm *vm, struct remap_parts **parts)
{
	struct drm_gpuva_op *op;

	if (parts) {
		*parts = kzalloc(sizeof(**parts), GFP_KERNEL);
		if (!*parts)
			return NULL;
	}
	op = vm->ops->op_alloc ? vm->ops->op_alloc() : kzalloc(sizeof(*op), GFP_KERNEL);
	if (!op && parts)
		kfree(*parts);
	return op;
}

/* Takes an operation out of the list's own memory. */
static struct drm_gpuva_op *take_op(struct ops_list *list, struct remap_parts **parts)
{
	if (parts) {
		if (WARN_ON_ONCE(list->remaps == ARRAY_SIZE(list->parts)))
			return NULL;
		*parts = &list->parts[list->remaps++];
	}
	if (!list->room) {
		struct more_ops *more = kvmalloc(sizeof(*more), GFP_KERNEL);

		if (!more)
			return NULL;
		more->next = list->more;
		list->more = more;
		list->room = MORE_OPS;
	}
	list->room--;
	return list->more ? &list->more->op[list->room] : &list->op[list->room];
}

static void copy_remap(struct drm_gpuva_op_remap *to, struct remap_parts *parts,
		       const struct drm_gpuva_op_remap *from)
{
	parts->unmap = *from->unmap;
	to->unmap = &parts->unmap;
	to->prev = from->prev ? &parts->prev : NULL;
	if (from->prev)
		parts->prev = *from->prev;
	to->next = from->next ? &parts->next : NULL;
	if (from->next)
		parts->next = *from->next;
}

struct list_ctx {
	struct drm_gpuvm *vm;
	struct ops_list *list;
	bool theirs;	/* the driver allocates operations */
};

/* Appends a copy of @op, which is not a remap operation, to the list. */
static int emit(struct drm_gpuva_op *op, void *ctx)
{
	const struct list_ctx *to = ctx;
	struct drm_gpuva_op *copy = to->theirs ? alloc_op(to->vm, NULL) : take_op(to->list, NULL);

	if (!copy)
		return -ENOMEM;
	copy->op = op->op;
	/* @map is the largest member but @remap: this copies any of the others. */
	copy->map = op->map;
	list_add_tail(&copy->entry, &to->list->base.list);
	return 0;
}

static int emit_remap(struct drm_gpuva_op *op, void *ctx)
{
	const struct list_ctx *to = ctx;
	struct remap_parts *parts;
	struct drm_gpuva_op *copy = to->theirs ? alloc_op(to->vm, &parts) :
						 take_op(to->list, &parts);

	if (!copy)
		return -ENOMEM;
	copy->op = op->op;
	copy_remap(&copy->remap, parts, &op->remap);
	list_add_tail(&copy->entry, &to->list->base.list);
	return 0;
}

static struct gpuvm_steps steps_to(struct list_ctx *to)
{
	return (struct gpuvm_steps) {
		.map = emit, .remap = emit_remap, .unmap = emit, .priv = to,
	};
}

static int list_begin(struct list_ctx *to, struct drm_gpuvm *vm)
{
	to->vm = vm;
	to->theirs = driver_allocates(vm);
	to->list = kmalloc(to->theirs ? sizeof(to->list->base) : sizeof(*to->list), GFP_KERNEL);
	if (!to->list)
		return -ENOMEM;
	INIT_LIST_HEAD(&to->list->base.list);
	if (!to->theirs) {
		to->list->more = NULL;
		to->list->room = FIRST_OPS;
		to->list->remaps = 0;
	}
	return 0;
}

/* Returns the list, or frees it and returns the error. */
static struct drm_gpuva_ops *list_end(struct list_ctx *to, int err)
{
	if (!err)
		return &to->list->base;
	if (to->list)
		drm_gpuva_ops_free(to->vm, &to->list->base);
	return ERR_PTR(err);
}

/**
 * drm_gpuvm_sm_map_ops_create() - lists the steps that map a range
 * @vm: the VM
 * @addr: first address
 * @range: length
 * @obj: object to map, or NULL
 * @offset: offset in @obj where the mapping starts
 *
 * The steps are those of drm_gpuvm_sm_map().  The caller holds the lock of the VM's
 * mappings.  May sleep.
 *
 * Return: the list, for drm_gpuva_ops_free(), or an ERR_PTR: -EINVAL if the range is
 * not valid, -ENOMEM.  Semantics: mainline 6.12.
 */
struct drm_gpuva_ops *
drm_gpuvm_sm_map_ops_create(struct drm_gpuvm *vm, u64 addr, u64 range,
			    struct drm_gem_object *obj, u64 offset)
{
	const struct drm_gpuvm_map_req req = {
		.map.va = { .addr = addr, .range = range },
		.map.gem = { .obj = obj, .offset = offset },
	};

	return drm_gpuvm_sm_map_req_ops_create(vm, &req);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_sm_map_ops_create);

/**
 * drm_gpuvm_sm_map_req_ops_create() - drm_gpuvm_sm_map_ops_create() of mainline 7.3
 * @vm: the VM
 * @req: what to map
 *
 * Return: as drm_gpuvm_sm_map_ops_create().
 */
struct drm_gpuva_ops *
drm_gpuvm_sm_map_req_ops_create(struct drm_gpuvm *vm, const struct drm_gpuvm_map_req *req)
{
	struct list_ctx to;
	const struct gpuvm_steps steps = steps_to(&to);
	int err = list_begin(&to, vm);

	/* The function may sleep here, but maybe not where the steps are carried out. */
	gpuvm_tree_refill(vm);
	return list_end(&to, err ?: gpuvm_split_map(vm, &req->map, &steps));
}
EXPORT_SYMBOL_GPL(drm_gpuvm_sm_map_req_ops_create);

/**
 * drm_gpuvm_madvise_ops_create() - lists the steps that split mappings at a range's
 * ends
 * @vm: the VM
 * @req: the range, and the object and offset of a map operation for the whole range
 *
 * Ignores mappings with an object, and mappings that lie entirely in the range.  The
 * caller holds the lock of the VM's mappings.  May sleep.
 *
 * Return: the list, for drm_gpuva_ops_free(), or an ERR_PTR: -EINVAL if the range is
 * not valid, -ENOMEM.  Semantics: mainline 7.3.
 */
struct drm_gpuva_ops *
drm_gpuvm_madvise_ops_create(struct drm_gpuvm *vm, const struct drm_gpuvm_map_req *req)
{
	struct list_ctx to;
	const struct gpuvm_steps steps = steps_to(&to);
	int err = list_begin(&to, vm);

	gpuvm_tree_refill(vm);
	return list_end(&to, err ?: gpuvm_split_advise(vm, &req->map, &steps));
}
EXPORT_SYMBOL_GPL(drm_gpuvm_madvise_ops_create);

/**
 * drm_gpuvm_sm_unmap_ops_create() - lists the steps that unmap a range
 * @vm: the VM
 * @addr: first address
 * @range: length
 *
 * The steps are those of drm_gpuvm_sm_unmap().  The caller holds the lock of the VM's
 * mappings.  May sleep.
 *
 * Return: the list, for drm_gpuva_ops_free(), or an ERR_PTR: -EINVAL if the range is
 * not valid, -ENOMEM.  Semantics: mainline 6.12.
 */
struct drm_gpuva_ops *
drm_gpuvm_sm_unmap_ops_create(struct drm_gpuvm *vm, u64 addr, u64 range)
{
	struct list_ctx to;
	const struct gpuvm_steps steps = steps_to(&to);
	int err = list_begin(&to, vm);

	gpuvm_tree_refill(vm);
	return list_end(&to, err ?: gpuvm_split_unmap(vm, addr, range, &steps));
}
EXPORT_SYMBOL_GPL(drm_gpuvm_sm_unmap_ops_create);

/**
 * drm_gpuvm_prefetch_ops_create() - lists a prefetch of each mapping in a range
 * @vm: the VM
 * @addr: first address
 * @range: length
 *
 * The caller holds the lock of the VM's mappings.  May sleep.
 *
 * Return: the list, for drm_gpuva_ops_free(), or an ERR_PTR: -ENOMEM.  Semantics:
 * mainline 6.12, which also lists &drm_gpuvm.kernel_alloc_node.  This node is not a
 * mapping of the driver, so it is left out here.
 */
struct drm_gpuva_ops *
drm_gpuvm_prefetch_ops_create(struct drm_gpuvm *vm, u64 addr, u64 range)
{
	struct drm_gpuva_op op = { .op = DRM_GPUVA_OP_PREFETCH };
	struct list_ctx to;
	int err = list_begin(&to, vm);

	if (err)
		return list_end(&to, err);

	drm_gpuvm_for_each_va_range(op.prefetch.va, vm, addr, addr + range) {
		if (op.prefetch.va == &vm->kernel_alloc_node)
			continue;
		err = emit(&op, &to);
		if (err)
			break;
	}
	return list_end(&to, err);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_prefetch_ops_create);

/**
 * drm_gpuvm_bo_unmap_ops_create() - lists an unmap of each mapping of an object
 * @vm_bo: the VM and the object
 *
 * The caller holds the object's gpuva lock and the lock of the VM's mappings.  May
 * sleep.
 *
 * Return: the list, for drm_gpuva_ops_free(), or an ERR_PTR: -ENOMEM.  Semantics:
 * mainline 6.12.
 */
struct drm_gpuva_ops *drm_gpuvm_bo_unmap_ops_create(struct drm_gpuvm_bo *vm_bo)
{
	struct drm_gpuva_op op = { .op = DRM_GPUVA_OP_UNMAP };
	struct drm_gpuva *va;
	struct list_ctx to;
	int err = list_begin(&to, vm_bo->vm);

	gpuvm_assert_gpuva_lock(vm_bo->vm, vm_bo->obj);
	if (err)
		return list_end(&to, err);

	drm_gpuvm_bo_for_each_va(va, vm_bo) {
		op.unmap = (struct drm_gpuva_op_unmap){ .va = va };
		err = emit(&op, &to);
		if (err)
			break;
	}
	return list_end(&to, err);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_bo_unmap_ops_create);

/**
 * drm_gpuva_ops_free() - frees a list of operations
 * @vm: the VM of the list
 * @ops: the list
 *
 * Any context in which the driver allows &drm_gpuvm_ops.op_free.  Semantics: mainline
 * 6.12.
 */
void drm_gpuva_ops_free(struct drm_gpuvm *vm, struct drm_gpuva_ops *ops)
{
	struct ops_list *list = container_of(ops, struct ops_list, base);
	struct drm_gpuva_op *op, *next;
	struct more_ops *more;

	if (driver_allocates(vm)) {
		drm_gpuva_for_each_op_safe(op, next, ops) {
			list_del(&op->entry);
			free_op(vm, op);
		}
	} else {
		while ((more = list->more)) {
			list->more = more->next;
			kvfree(more);
		}
	}
	kfree(list);
}
EXPORT_SYMBOL_GPL(drm_gpuva_ops_free);
