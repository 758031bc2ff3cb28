// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Shared by the GPUVM suites: VMs, mappings and objects with counters, and logs of ops

#include "gpuvm_util.h"

/* The allocation callbacks have no argument that leads to the case. */
static struct gt *gt_running;

#ifdef NGV_SELFTEST_MAINLINE
static const char * const gt_diff_text[] = {
	[GT_DIFF_ZERO_RANGE] = "an empty range is accepted",
	[GT_DIFF_FIND_PREV] = "find_prev may return the mapping at the address itself",
	[GT_DIFF_FIND_NEXT] = "find_next may return a mapping one past the address",
	[GT_DIFF_BO_FOR_EACH_VA] = "bo_for_each_va uses the variable vm_bo, not its argument",
	[GT_DIFF_REMAP_LEAK] = "a remap whose last part cannot be copied leaks another",
	[GT_DIFF_LOCK_ARRAY] = "exec_lock_array without fences warns and fails",
};
#endif

/**
 * gt_differs() - checks whether the implementation has a known difference
 * @t: the case
 * @diff: the difference
 *
 * Return: true for the kernel's own implementation, and the report has a note.
 */
bool gt_differs(struct ktap *t, enum gt_diff diff)
{
#ifdef NGV_SELFTEST_MAINLINE
	ktap_note(t, "known difference: %s", gt_diff_text[diff]);
	return true;
#else
	return false;
#endif
}

static void gt_release(void *arg)
{
	struct gt *gt = arg;

	ktap_expect_eq(gt->t, atomic_read(&gt->ops), 0);
	ktap_expect_eq(gt->t, atomic_read(&gt->mappings), 0);
	ktap_expect_eq(gt->t, atomic_read(&gt->vm_bos), 0);
	ktap_expect_eq(gt->t, atomic_read(&gt->vms), 0);
	gt_running = NULL;
	gt->t->priv = gt->fx;
	kfree(gt);
}

/**
 * gt_init() - a suite's init: fixture and counters
 * @t: the case; its @priv becomes the &struct gt
 *
 * The case fails if the case or the VM has not freed everything at the end.
 */
void gt_init(struct ktap *t)
{
	struct gt *gt;

	fixture_init(t);
	gt = kzalloc(sizeof(*gt), GFP_KERNEL);
	ktap_assert_ptr(t, gt);
	gt->t = t;
	gt->fx = t->priv;
	gt_running = gt;
	t->priv = gt;
	ktap_defer(t, gt_release, gt);
}

/* --- callbacks ----------------------------------------------------------- */

/* @base is not at the start of the allocation, so that freeing it directly is noticed. */
struct gt_op {
	u64 lead;
	struct drm_gpuva_op base;
};

static struct drm_gpuva_op *gt_op_alloc(void)
{
	struct gt *gt = gt_running;
	struct gt_op *op;

	if (++gt->op_calls == gt->op_fail_at)
		return NULL;
	op = kzalloc(sizeof(*op), GFP_KERNEL);
	if (!op)
		return NULL;
	atomic_inc(&gt->ops);
	return &op->base;
}

static void gt_op_free(struct drm_gpuva_op *op)
{
	atomic_dec(&gt_running->ops);
	kfree(container_of(op, struct gt_op, base));
}

static struct drm_gpuvm_bo *gt_vm_bo_alloc(void)
{
	struct gt_bo *bo;

	if (READ_ONCE(gt_running->bo_fail))
		return NULL;
	bo = kzalloc(sizeof(*bo), GFP_KERNEL);
	if (!bo)
		return NULL;
	atomic_inc(&gt_running->vm_bos);
	return &bo->base;
}

static void gt_vm_bo_free(struct drm_gpuvm_bo *vm_bo)
{
	atomic_dec(&gt_running->vm_bos);
	kfree(to_gt_bo(vm_bo));
}

static void gt_vm_free(struct drm_gpuvm *vm)
{
	struct gt_vm *outer = to_gt_vm(vm);

	atomic_dec(&outer->gt->vms);
	kfree(outer);
}

static int gt_vm_bo_validate(struct drm_gpuvm_bo *vm_bo, struct drm_exec *exec)
{
	struct gt_vm *vm = to_gt_vm(vm_bo->vm);
	struct gt_bo *bo = to_gt_bo(vm_bo);

	if (vm->validate)
		return vm->validate(vm_bo, exec);

	bo->validated++;
	if (!bo->ret && !bo->stays) {
		gt_gpuva_lock(vm_bo->obj);
		drm_gpuvm_bo_gem_evict(vm_bo->obj, false);
		gt_gpuva_unlock(vm_bo->obj);
	}
	return bo->ret;
}

static int gt_sm_step(struct drm_gpuva_op *op, enum drm_gpuva_op_type type,
		      void *priv)
{
	struct gt_walk *walk = priv;

	if (op->op != type)
		ktap_fail(walk->gt->t, "op %d in the callback for %d", op->op,
			  type);
	if (walk->log)
		gt_log_op(walk->log, op);
	if (++walk->calls == walk->fail_at)
		return walk->err;
	if (walk->apply)
		gt_apply(walk, op);
	return 0;
}

static int gt_sm_step_map(struct drm_gpuva_op *op, void *priv)
{
	return gt_sm_step(op, DRM_GPUVA_OP_MAP, priv);
}

static int gt_sm_step_remap(struct drm_gpuva_op *op, void *priv)
{
	return gt_sm_step(op, DRM_GPUVA_OP_REMAP, priv);
}

static int gt_sm_step_unmap(struct drm_gpuva_op *op, void *priv)
{
	return gt_sm_step(op, DRM_GPUVA_OP_UNMAP, priv);
}

const struct drm_gpuvm_ops gt_ops = {
	.vm_free = gt_vm_free,
	.op_alloc = gt_op_alloc,
	.op_free = gt_op_free,
	.vm_bo_alloc = gt_vm_bo_alloc,
	.vm_bo_free = gt_vm_bo_free,
	.vm_bo_validate = gt_vm_bo_validate,
	.sm_step_map = gt_sm_step_map,
	.sm_step_remap = gt_sm_step_remap,
	.sm_step_unmap = gt_sm_step_unmap,
};

const struct drm_gpuvm_ops gt_bare_ops = {
	.vm_free = gt_vm_free,
};

const struct gt_vm_args gt_lock_mode = { .start = START, .range = 64 * PAGE };
const struct gt_vm_args gt_resv_mode = {
	.flags = DRM_GPUVM_RESV_PROTECTED, .start = START, .range = 64 * PAGE,
};

const struct gt_vm_args gt_bare_lock_mode = {
	.start = START, .range = 64 * PAGE, .ops = &gt_bare_ops,
};

const struct gt_vm_args gt_bare_resv_mode = {
	.flags = DRM_GPUVM_RESV_PROTECTED, .start = START, .range = 64 * PAGE,
	.ops = &gt_bare_ops,
};

#ifndef NGV_SELFTEST_MAINLINE
static const struct gt_vm_args immediate_mode = {
	.flags = DRM_GPUVM_IMMEDIATE_MODE, .start = START, .range = 64 * PAGE,
};

static const struct gt_vm_args immediate_resv_mode = {
	.flags = DRM_GPUVM_IMMEDIATE_MODE | DRM_GPUVM_RESV_PROTECTED,
	.start = START, .range = 64 * PAGE,
};
#endif

const struct gt_vm_args * const gt_modes[GT_MODES] = {
	&gt_lock_mode,
	&gt_resv_mode,
#ifndef NGV_SELFTEST_MAINLINE
	&immediate_mode,
	&immediate_resv_mode,
#endif
};

/* --- VMs and objects ----------------------------------------------------- */

/**
 * gt_vm_new() - makes a VM, which the caller owns
 * @gt: the case
 * @args: properties of the VM
 *
 * Return: the VM with one reference.
 */
struct drm_gpuvm *gt_vm_new(struct gt *gt, const struct gt_vm_args *args)
{
	struct drm_gem_object *r_obj = drm_gpuvm_resv_object_alloc(gt->fx->drm);
	struct gt_vm *vm;

	ktap_assert_ptr(gt->t, r_obj);
	vm = kzalloc(sizeof(*vm), GFP_KERNEL);
	if (!vm)
		drm_gem_object_put(r_obj);
	ktap_assert_ptr(gt->t, vm);
	vm->gt = gt;
	drm_gpuvm_init(&vm->base, args->name, args->flags, gt->fx->drm, r_obj,
		       args->start, args->range, args->kstart, args->krange,
		       args->ops ?: &gt_ops);
	atomic_inc(&gt->vms);
	/* The VM has its own reference. */
	drm_gem_object_put(r_obj);
	return &vm->base;
}

/**
 * gt_vm_clear() - removes and frees every mapping of a VM
 * @vm: a VM whose mappings came from gt_va_new()
 *
 * Context: no lock of an object held.
 */
void gt_vm_clear(struct drm_gpuvm *vm)
{
	struct drm_gpuva *va, *next;

	drm_gpuvm_for_each_va_safe(va, next, vm) {
		if (va != &vm->kernel_alloc_node)
			gt_va_drop(va);
	}
}

static void gt_vm_done(void *arg)
{
	struct drm_gpuvm *vm = arg;

	gt_vm_clear(vm);
	gt_cleanup(vm);
	drm_gpuvm_put(vm);
}

/**
 * gt_vm() - makes a VM that is cleared and put after the case
 * @gt: the case
 * @args: properties of the VM
 *
 * Return: the VM.
 */
struct drm_gpuvm *gt_vm(struct gt *gt, const struct gt_vm_args *args)
{
	struct drm_gpuvm *vm = gt_vm_new(gt, args);

	ktap_defer(gt->t, gt_vm_done, vm);
	return vm;
}

/**
 * gt_extobj_new() - makes an object with its own dma-resv, which the caller owns
 * @gt: the case
 *
 * Return: the object.
 */
struct drm_gem_object *gt_extobj_new(struct gt *gt)
{
	struct drm_gem_object *obj = fixture_gem_new(gt->fx, PAGE_SIZE);

	drm_gem_gpuva_init(obj);
	return obj;
}

/**
 * gt_extobj() - makes an object with its own dma-resv, which is put after the case
 * @gt: the case
 *
 * Return: the object.
 */
struct drm_gem_object *gt_extobj(struct gt *gt)
{
	struct drm_gem_object *obj = fixture_gem(gt->fx, PAGE_SIZE);

	drm_gem_gpuva_init(obj);
	return obj;
}

static void gt_put_obj(void *arg)
{
	drm_gem_object_put(arg);
}

/**
 * gt_local() - makes an object that shares the VM's dma-resv
 * @gt: the case
 * @vm: the VM; may be freed before the object
 *
 * Return: the object, which is put after the case.
 */
struct drm_gem_object *gt_local(struct gt *gt, struct drm_gpuvm *vm)
{
	struct drm_gem_object *r_obj = drm_gpuvm_resv_obj(vm);
	struct drm_gem_object *obj;

	drm_gem_object_get(r_obj);
	ktap_defer(gt->t, gt_put_obj, r_obj);
	obj = gt_extobj(gt);
	obj->resv = r_obj->resv;
	return obj;
}

/* --- mappings ------------------------------------------------------------ */

/**
 * gt_va_blank() - allocates a mapping for drm_gpuva_map()
 * @gt: the case
 *
 * Return: the mapping.
 */
struct drm_gpuva *gt_va_blank(struct gt *gt)
{
	struct gt_va *va = kzalloc(sizeof(*va), GFP_KERNEL);

	ktap_assert_ptr(gt->t, va);
	va->gt = gt;
	atomic_inc(&gt->mappings);
	return &va->base;
}

/**
 * gt_va_new() - makes a mapping that is in no VM yet
 * @gt: the case
 * @addr: first address
 * @range: number of addresses
 * @obj: object, or NULL
 * @offset: offset in the object
 *
 * Return: the mapping.
 */
struct drm_gpuva *gt_va_new(struct gt *gt, u64 addr, u64 range,
			    struct drm_gem_object *obj, u64 offset)
{
	struct drm_gpuva *va = gt_va_blank(gt);

	drm_gpuva_init(va, addr, range, obj, offset);
	return va;
}

void gt_va_free(struct drm_gpuva *va)
{
	struct gt_va *outer = container_of(va, struct gt_va, base);

	atomic_dec(&outer->gt->mappings);
	/* Make a use after free crash. */
	memset(va, 0x5a, sizeof(*va));
	kfree(outer);
}

/**
 * gt_va_insert() - makes a mapping and inserts it into a VM
 * @gt: the case
 * @vm: the VM
 * @addr: first address
 * @range: number of addresses
 * @obj: object, or NULL
 * @offset: offset in the object
 *
 * Return: the mapping, or NULL after failing the case.
 */
struct drm_gpuva *gt_va_insert(struct gt *gt, struct drm_gpuvm *vm, u64 addr,
			       u64 range, struct drm_gem_object *obj,
			       u64 offset)
{
	struct drm_gpuva *va = gt_va_new(gt, addr, range, obj, offset);
	int ret = drm_gpuva_insert(vm, va);

	if (ret) {
		ktap_fail(gt->t, "insert 0x%llx+0x%llx: %d", addr, range, ret);
		gt_va_free(va);
		return NULL;
	}
	return va;
}

/**
 * gt_va_link() - makes a mapping in a VM and links it to its object
 * @gt: the case
 * @vm: the VM
 * @addr: first address
 * @range: number of addresses
 * @obj: object
 * @offset: offset in the object
 *
 * Context: no lock of an object held.
 * Return: the mapping, or NULL after failing the case.
 */
struct drm_gpuva *gt_va_link(struct gt *gt, struct drm_gpuvm *vm, u64 addr,
			     u64 range, struct drm_gem_object *obj, u64 offset)
{
	struct drm_gpuva *va = gt_va_insert(gt, vm, addr, range, obj, offset);
	struct drm_gpuvm_bo *vm_bo;
	struct drm_exec exec;

	if (!va)
		return NULL;
	vm_bo = gt_obtain(gt, vm, obj);
	gt_lock(gt, &exec, vm, obj);
	gt_gpuva_lock(obj);
	drm_gpuva_link(va, vm_bo);
	gt_gpuva_unlock(obj);
	gt_put_locked(vm_bo);
	gt_unlock(&exec);
	return va;
}

/**
 * gt_va_drop() - unlinks, removes and frees a mapping
 * @va: the mapping
 *
 * Context: no lock of an object held.
 */
void gt_va_drop(struct drm_gpuva *va)
{
	struct gt *gt = container_of(va, struct gt_va, base)->gt;
	struct drm_gpuvm *vm = drm_gpuvm_get(va->vm);
	struct drm_exec exec;

	drm_gpuva_remove(va);
	if (va->gem.obj && va->vm_bo) {
		gt_lock(gt, &exec, vm, va->gem.obj);
#ifndef NGV_SELFTEST_MAINLINE
		if (gt_immediate(vm))
			drm_gpuva_unlink_defer(va);
		else
#endif
			drm_gpuva_unlink(va);
		gt_unlock(&exec);
		gt_cleanup(vm);
	}
	gt_va_free(va);
	drm_gpuvm_put(vm);
}

/* --- vm_bos -------------------------------------------------------------- */

/**
 * gt_lock() - locks a VM and an object
 * @gt: the case
 * @exec: holds the locks until gt_unlock()
 * @vm: the VM, or NULL to lock only the object
 * @obj: the object; may share the VM's dma-resv
 */
void gt_lock(struct gt *gt, struct drm_exec *exec, struct drm_gpuvm *vm,
	     struct drm_gem_object *obj)
{
	int ret = 0;

	drm_exec_init(exec, DRM_EXEC_IGNORE_DUPLICATES, 0);
	drm_exec_until_all_locked(exec) {
		if (vm)
			ret = drm_exec_lock_obj(exec, drm_gpuvm_resv_obj(vm));
		drm_exec_retry_on_contention(exec);
		if (!ret)
			ret = drm_exec_lock_obj(exec, obj);
		drm_exec_retry_on_contention(exec);
		if (ret)
			break;
	}
	if (ret)
		ktap_fail(gt->t, "cannot lock: %d", ret);
}

void gt_unlock(struct drm_exec *exec)
{
	drm_exec_fini(exec);
}

/**
 * gt_obtain() - calls drm_gpuvm_bo_obtain() with its locks held
 * @gt: the case
 * @vm: the VM
 * @obj: the object
 *
 * Context: no lock of an object held.
 * Return: the vm_bo, for gt_put().  On an error the function fails the case and does
 * not return.
 */
struct drm_gpuvm_bo *gt_obtain(struct gt *gt, struct drm_gpuvm *vm,
			       struct drm_gem_object *obj)
{
	struct drm_gpuvm_bo *vm_bo;
	struct drm_exec exec;

	if (gt_immediate(vm)) {
		vm_bo = drm_gpuvm_bo_create(vm, obj);
		ktap_assert_ptr(gt->t, vm_bo);
		return drm_gpuvm_bo_obtain_prealloc(vm_bo);
	}
	gt_lock(gt, &exec, vm, obj);
	vm_bo = drm_gpuvm_bo_obtain(vm, obj);
	gt_unlock(&exec);
	ktap_assert_ptr(gt->t, vm_bo);
	return vm_bo;
}

/**
 * gt_obtain_ext() - gt_obtain() that also adds the object as external
 * @gt: the case
 * @vm: the VM
 * @obj: the object
 *
 * Context: no lock of an object held.
 * Return: the vm_bo, for gt_put().  On an error the function fails the case and does
 * not return.
 */
struct drm_gpuvm_bo *gt_obtain_ext(struct gt *gt, struct drm_gpuvm *vm,
				   struct drm_gem_object *obj)
{
	struct drm_gpuvm_bo *vm_bo = gt_obtain(gt, vm, obj);
	struct drm_exec exec;

	if (gt_immediate(vm) && !drm_gpuvm_resv_protected(vm)) {
		drm_gpuvm_bo_extobj_add(vm_bo);
		return vm_bo;
	}
	gt_lock(gt, &exec, vm, obj);
	drm_gpuvm_bo_extobj_add(vm_bo);
	gt_unlock(&exec);
	return vm_bo;
}

/**
 * gt_put_locked() - drops a reference as the VM's mode wants
 * @vm_bo: the vm_bo
 *
 * Context: the locks of drm_gpuvm_bo_put() held, unless the VM is in immediate mode.
 * Return: true if the reference was the last; gt_cleanup() may have to free the vm_bo.
 */
bool gt_put_locked(struct drm_gpuvm_bo *vm_bo)
{
#ifndef NGV_SELFTEST_MAINLINE
	if (gt_immediate(vm_bo->vm))
		return drm_gpuvm_bo_put_deferred(vm_bo);
#endif
	return drm_gpuvm_bo_put(vm_bo);
}

/**
 * gt_put() - drops a reference with the locks held, and cleans up
 * @gt: the case
 * @vm_bo: the vm_bo
 *
 * Context: no lock of an object held.
 * Return: true if the vm_bo was freed.
 */
bool gt_put(struct gt *gt, struct drm_gpuvm_bo *vm_bo)
{
	struct drm_gpuvm *vm = drm_gpuvm_get(vm_bo->vm);
	struct drm_exec exec;
	bool gone;

	if (gt_immediate(vm)) {
		gone = gt_put_locked(vm_bo);
	} else {
		gt_lock(gt, &exec, vm, vm_bo->obj);
		gone = gt_put_locked(vm_bo);
		gt_unlock(&exec);
	}
	gt_cleanup(vm);
	drm_gpuvm_put(vm);
	return gone;
}

/**
 * gt_evict() - calls drm_gpuvm_bo_gem_evict() with the object's lock held
 * @gt: the case
 * @obj: the object
 * @evict: true: evicted; false: resident
 *
 * Context: no lock of an object held.
 */
void gt_evict(struct gt *gt, struct drm_gem_object *obj, bool evict)
{
	struct drm_exec exec;

	gt_lock(gt, &exec, NULL, obj);
	gt_gpuva_lock(obj);
	drm_gpuvm_bo_gem_evict(obj, evict);
	gt_gpuva_unlock(obj);
	gt_unlock(&exec);
}

/* --- ops told in values -------------------------------------------------- */

static struct gt_span gt_span_of_map(const struct drm_gpuva_op_map *map)
{
	if (!map)
		return (struct gt_span){};
	return (struct gt_span){
		.there = true,
		.addr = map->va.addr,
		.range = map->va.range,
		.obj = map->gem.obj,
		.offset = map->gem.offset,
	};
}

static struct gt_span gt_span_of_va(const struct drm_gpuva *va)
{
	return (struct gt_span){
		.there = true,
		.addr = va->va.addr,
		.range = va->va.range,
		.obj = va->gem.obj,
		.offset = va->gem.offset,
	};
}

/**
 * gt_log_next() - adds an empty step to a log
 * @log: the log
 *
 * Return: the step.  If the log is full, the step is counted but overwrites the last
 * one.
 */
struct gt_step *gt_log_next(struct gt_log *log)
{
	unsigned int i = min_t(unsigned int, log->count++, GT_LOG_STEPS - 1);

	memset(&log->step[i], 0, sizeof(log->step[i]));
	return &log->step[i];
}

/**
 * gt_log_op() - adds an op to a log
 * @log: the log
 * @op: the op; its mapping is unchanged
 */
void gt_log_op(struct gt_log *log, const struct drm_gpuva_op *op)
{
	struct gt_step *step = gt_log_next(log);

	step->type = op->op;
	switch (op->op) {
	case DRM_GPUVA_OP_MAP:
		step->map = gt_span_of_map(&op->map);
		break;
	case DRM_GPUVA_OP_REMAP:
		step->old = gt_span_of_va(op->remap.unmap->va);
		step->prev = gt_span_of_map(op->remap.prev);
		step->next = gt_span_of_map(op->remap.next);
		step->keep = op->remap.unmap->keep;
		step->hole.there = true;
		drm_gpuva_op_remap_to_unmap_range(&op->remap, &step->hole.addr,
						  &step->hole.range);
		break;
	case DRM_GPUVA_OP_UNMAP:
		step->old = gt_span_of_va(op->unmap.va);
		step->keep = op->unmap.keep;
		break;
	case DRM_GPUVA_OP_PREFETCH:
		step->old = gt_span_of_va(op->prefetch.va);
		break;
	}
}

void gt_log_ops(struct gt_log *log, const struct drm_gpuva_ops *ops)
{
	struct drm_gpuva_op *op;

	drm_gpuva_for_each_op(op, ops)
		gt_log_op(log, op);
}

static bool gt_span_same(const struct gt_span *a, const struct gt_span *b)
{
	return a->there == b->there && a->addr == b->addr &&
	       a->range == b->range && a->obj == b->obj &&
	       a->offset == b->offset;
}

static bool gt_step_same(const struct gt_step *a, const struct gt_step *b)
{
	return a->type == b->type && a->keep == b->keep &&
	       gt_span_same(&a->map, &b->map) &&
	       gt_span_same(&a->old, &b->old) &&
	       gt_span_same(&a->prev, &b->prev) &&
	       gt_span_same(&a->next, &b->next) &&
	       gt_span_same(&a->hole, &b->hole);
}

static void gt_span_show(struct ktap *t, const char *what,
			 const struct gt_span *span)
{
	if (span->there)
		ktap_note(t, "      %s 0x%llx+0x%llx object %p at 0x%llx", what,
			  span->addr, span->range, span->obj, span->offset);
}

static void gt_log_show(struct ktap *t, const char *what,
			const struct gt_log *log)
{
	static const char * const type[] = {
		[DRM_GPUVA_OP_MAP] = "map",
		[DRM_GPUVA_OP_REMAP] = "remap",
		[DRM_GPUVA_OP_UNMAP] = "unmap",
		[DRM_GPUVA_OP_PREFETCH] = "prefetch",
	};
	unsigned int i;

	ktap_note(t, "  %s %u ops:", what, log->count);
	for (i = 0; i < log->count && i < GT_LOG_STEPS; i++) {
		const struct gt_step *step = &log->step[i];

		ktap_note(t, "    %s%s", type[step->type],
			  step->keep ? ", keep" : "");
		gt_span_show(t, "map", &step->map);
		gt_span_show(t, "old", &step->old);
		gt_span_show(t, "prev", &step->prev);
		gt_span_show(t, "next", &step->next);
		gt_span_show(t, "hole", &step->hole);
	}
}

/**
 * gt_log_same() - compares two logs and fails the case if they differ
 * @t: the case
 * @have: the actual ops
 * @want: the expected ops
 *
 * Return: true if they are equal.
 */
bool gt_log_same(struct ktap *t, const struct gt_log *have,
		 const struct gt_log *want)
{
	bool same = have->count == want->count && have->count <= GT_LOG_STEPS;
	unsigned int i;

	for (i = 0; same && i < have->count; i++)
		same = gt_step_same(&have->step[i], &want->step[i]);
	if (same)
		return true;

	ktap_fail(t, "ops differ, from number %u on", i);
	/* Show only the first ones: thousands would overwrite the log. */
	if (atomic_read(&t->failures) <= 2) {
		gt_log_show(t, "have", have);
		gt_log_show(t, "want", want);
	}
	return false;
}

/* --- applying ops -------------------------------------------------------- */

static void gt_apply_link(struct gt_walk *walk, struct drm_gpuva *va)
{
	struct drm_gpuvm_bo *vm_bo;

	if (!walk->linked || !va->gem.obj)
		return;
	vm_bo = drm_gpuvm_bo_obtain(walk->vm, va->gem.obj);
	if (IS_ERR(vm_bo)) {
		ktap_fail(walk->gt->t, "obtain: %ld", PTR_ERR(vm_bo));
		return;
	}
	drm_gpuva_link(va, vm_bo);
	drm_gpuvm_bo_put(vm_bo);
}

static void gt_apply_drop(struct gt_walk *walk, struct drm_gpuva *va)
{
	if (walk->linked)
		drm_gpuva_unlink(va);
	gt_va_free(va);
}

/**
 * gt_apply() - carries out an op
 * @walk: options
 * @op: the op
 */
void gt_apply(struct gt_walk *walk, struct drm_gpuva_op *op)
{
	struct drm_gpuva *old, *va, *prev = NULL, *next = NULL;

	switch (op->op) {
	case DRM_GPUVA_OP_MAP:
		va = gt_va_blank(walk->gt);
		drm_gpuva_map(walk->vm, va, &op->map);
		gt_apply_link(walk, va);
		break;
	case DRM_GPUVA_OP_REMAP:
		old = op->remap.unmap->va;
		if (op->remap.prev)
			prev = gt_va_blank(walk->gt);
		if (op->remap.next)
			next = gt_va_blank(walk->gt);
		drm_gpuva_remap(prev, next, &op->remap);
		if (prev)
			gt_apply_link(walk, prev);
		if (next)
			gt_apply_link(walk, next);
		gt_apply_drop(walk, old);
		break;
	case DRM_GPUVA_OP_UNMAP:
		old = op->unmap.va;
		drm_gpuva_unmap(&op->unmap);
		gt_apply_drop(walk, old);
		break;
	case DRM_GPUVA_OP_PREFETCH:
		break;
	}
}

void gt_apply_ops(struct gt_walk *walk, struct drm_gpuva_ops *ops)
{
	struct drm_gpuva_op *op;

	drm_gpuva_for_each_op(op, ops)
		gt_apply(walk, op);
}
