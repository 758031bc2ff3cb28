// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Faults of a GPUVM, mainline's and those that ours had, one by one: faults NAME prints
// "right", "wrong", or "none" if the implementation lacks what the test needs.
// Compiled for each implementation; the tests know what each prints, so that a test
// which no longer sees a fault is noticed as well.

#include <drm/drm_exec.h>
#include <drm/drm_gpuvm.h>

#define START	0x10000ULL
#define PAGE	4096ULL

static struct drm_device drm;
static struct drm_gem_object r_obj;
static struct drm_gpuvm vm_mem;
static struct drm_gpuvm *const gpuvm = &vm_mem;

static void vm_free(struct drm_gpuvm *vm)
{
}

static int step(struct drm_gpuva_op *op, void *priv)
{
	return 0;
}

static int validate_and_fail(struct drm_gpuvm_bo *bo, struct drm_exec *exec)
{
	return -EIO;
}

static const struct drm_gpuvm_ops ops = {
	.vm_free = vm_free,
	.vm_bo_validate = validate_and_fail,
	.sm_step_map = step,
	.sm_step_remap = step,
	.sm_step_unmap = step,
};

static struct drm_gpuva *add(u64 addr, u64 range, struct drm_gem_object *obj)
{
	struct drm_gpuva *va = calloc(1, sizeof(*va));

	va->va.addr = addr;
	va->va.range = range;
	va->gem.obj = obj;
	if (drm_gpuva_insert(gpuvm, va))
		abort();
	return va;
}

static struct drm_gem_object *new_obj(struct dma_resv *resv)
{
	struct drm_gem_object *obj = kzalloc(sizeof(*obj), GFP_KERNEL);

	obj->resv = resv;
	drm_gem_private_object_init(&drm, obj, 0);
	return obj;
}

static struct drm_gpuvm_bo *obtain(struct drm_gem_object *obj)
{
	struct drm_gpuvm_bo *bo;

	dma_resv_lock(obj->resv, NULL);
#ifdef BENCH_MAP_REQ
	bo = drm_gpuvm_bo_obtain_locked(gpuvm, obj);
#else
	bo = drm_gpuvm_bo_obtain(gpuvm, obj);
#endif
	drm_gpuvm_bo_extobj_add(bo);
	dma_resv_unlock(obj->resv);
	return bo;
}

static struct drm_gpuva_ops *unmap_middle(void)
{
	return drm_gpuvm_sm_unmap_ops_create(gpuvm, START + 2 * PAGE, PAGE);
}

/* What was allocated for an operation is freed, whichever allocation fails. */
static bool remap_leak(void)
{
	bool right = true;

	add(START, 8 * PAGE, NULL);
	/* What the VM keeps for later is no leak. */
	drm_gpuva_ops_free(gpuvm, unmap_middle());
	for (unsigned int at = 1; at < 32; at++) {
		unsigned long was = kernel_counts.allocs - kernel_counts.frees;
		struct drm_gpuva_ops *list;

		kernel_faults.countdown = at;
		list = unmap_middle();
		if (!IS_ERR(list))
			drm_gpuva_ops_free(gpuvm, list);
		right = right && kernel_counts.allocs - kernel_counts.frees == was;
		if (kernel_faults.countdown) {
			kernel_faults.countdown = 0;
			return right && at > 1;
		}
	}
	return false;
}

/* The macro walks what it is given, whatever else is called vm_bo. */
static bool bo_walk(void)
{
	struct drm_gem_object *a = new_obj(NULL), *b = new_obj(NULL);
	struct drm_gpuvm_bo *vm_bo = obtain(a), *other = obtain(b);
	struct drm_gpuva *va = add(START, PAGE, b);
	unsigned int n = 0;

	dma_resv_lock(b->resv, NULL);
	drm_gpuva_link(va, other);
	drm_gpuvm_bo_for_each_va(va, other)
		n++;
	dma_resv_unlock(b->resv);
	return vm_bo && n == 1;
}

/* Nothing is no range to be mapped. */
static bool range_zero(void)
{
	struct drm_gpuva *va = calloc(1, sizeof(*va));

	va->va.addr = START;
	return drm_gpuva_insert(gpuvm, va) == -EINVAL &&
	       !drm_gpuvm_range_valid(gpuvm, START, 0);
}

#ifndef FUZZ_NO_NEIGHBOURS
/* The one before an address does not begin at it. */
static bool find_prev(void)
{
	add(START + PAGE, PAGE, NULL);
	return !drm_gpuva_find_prev(gpuvm, START + PAGE);
}
#endif

/* Who mapped it last lets go of an object in the middle of a walk. */
static struct drm_gpuvm_bo *to_put;
static struct drm_gem_object *put_obj;

static int validate_while_put(struct drm_gpuvm_bo *bo, struct drm_exec *exec)
{
	if (to_put == bo) {
		to_put = NULL;
		dma_resv_lock(put_obj->resv, NULL);
		drm_gpuvm_bo_put(bo);
		dma_resv_unlock(put_obj->resv);
	}
	return -EIO;
}

/* A walk that ends early leaves no vm_bo to be put without the object's lock. */
static bool put_without_lock(void)
{
	static struct drm_gpuvm_ops mine;
	unsigned long was;

	mine = ops;
	mine.vm_bo_validate = validate_while_put;
	gpuvm->ops = &mine;
	put_obj = new_obj(NULL);
	to_put = obtain(put_obj);
	dma_resv_lock(put_obj->resv, NULL);
	drm_gpuvm_bo_evict(to_put, true);
	dma_resv_unlock(put_obj->resv);
	was = kernel_counts.warnings;
	/* With asserts compiled in, a put without the lock is a warning. */
	return drm_gpuvm_validate(gpuvm, NULL) == -EIO && kernel_counts.warnings == was;
}

static void new_vm(enum drm_gpuvm_flags flags)
{
	memset(gpuvm, 0, sizeof(*gpuvm));
	drm_gpuvm_init(gpuvm, "faults", flags, &drm, &r_obj, START, 1ULL << 40, 0, 0, &ops);
}

/*
 * The last put does not free the object while its mutex is held, and takes no
 * dma-resv: 6.12 has no other way, so it is wrong by not having this one.
 */
#ifdef FAULTS_NO_DEFERRED
static bool put_in_fence_path(void)
{
	return false;
}
#else
static bool put_in_fence_path(void)
{
	struct drm_gem_object *obj;
	struct drm_gpuvm_bo *bo;
	bool right;

	gpuvm->flags |= DRM_GPUVM_IMMEDIATE_MODE | DRM_GPUVM_RESV_PROTECTED;
	obj = new_obj(NULL);
	bo = drm_gpuvm_bo_obtain_prealloc(drm_gpuvm_bo_create(gpuvm, obj));
	dma_resv_lock(gpuvm->r_obj->resv, NULL);
	drm_gpuvm_bo_extobj_add(bo);
	drm_gpuvm_bo_evict(bo, false);
	/* Somebody holds the VM's dma-resv: waiting for it would be for ever. */
	right = drm_gpuvm_bo_put_deferred(bo) && kref_read(&obj->refcount) == 2;
	dma_resv_unlock(gpuvm->r_obj->resv);
	drm_gpuvm_bo_deferred_cleanup(gpuvm);
	return right && kref_read(&obj->refcount) == 1;
}

/* In immediate mode; the caller holds no lock. */
static struct drm_gpuvm_bo *add_immediate(struct drm_gem_object *obj)
{
	struct drm_gpuvm_bo *bo = drm_gpuvm_bo_obtain_prealloc(drm_gpuvm_bo_create(gpuvm, obj));

	dma_resv_lock(gpuvm->r_obj->resv, NULL);
	drm_gpuvm_bo_extobj_add(bo);
	dma_resv_unlock(gpuvm->r_obj->resv);
	return bo;
}

/*
 * An object that is unmapped and mapped again before anybody cleans up is locked once.
 * So is one that others still map, and the one that is gone is not locked.
 */
static bool mapped_again_with(enum drm_gpuvm_flags flags)
{
	struct drm_gem_object *again, *gone, *stays;
	struct drm_gpuvm_exec e = { .vm = gpuvm, .num_fences = 1 };
	struct drm_gpuvm_bo *bo, *kept;
	bool right;

	new_vm(DRM_GPUVM_IMMEDIATE_MODE | flags);
	again = new_obj(NULL);
	gone = new_obj(NULL);
	stays = new_obj(NULL);
	kept = add_immediate(stays);
	if (!drm_gpuvm_bo_put_deferred(add_immediate(gone)) ||
	    !drm_gpuvm_bo_put_deferred(add_immediate(again)))
		return false;
	bo = add_immediate(again);
	right = !drm_gpuvm_exec_lock(&e);
	if (right) {
		/* The VM's own, and two. */
		right = e.exec.num_objects == 3 && !dma_resv_held(gone->resv);
		drm_gpuvm_exec_unlock(&e);
	}
	drm_gpuvm_bo_put_deferred(bo);
	drm_gpuvm_bo_put_deferred(kept);
	drm_gpuvm_bo_deferred_cleanup(gpuvm);
	return right && kref_read(&again->refcount) == 1 && kref_read(&gone->refcount) == 1 &&
	       kref_read(&stays->refcount) == 1 && kref_read(&gpuvm->kref) == 1;
}

static bool mapped_again(void)
{
	return mapped_again_with(0) && mapped_again_with(DRM_GPUVM_RESV_PROTECTED);
}

/* The same object is unmapped and mapped again after a walk has locked it. */
static struct drm_gpuvm_bo *first_bo;
static struct drm_gem_object *second_obj;

static void map_again(struct dma_resv *resv)
{
	struct drm_gem_object *obj = first_bo->obj;

	if (resv != second_obj->resv)
		return;
	kernel_locked = NULL;
	drm_gpuvm_bo_put_deferred(first_bo);
	first_bo = drm_gpuvm_bo_obtain_prealloc(drm_gpuvm_bo_create(gpuvm, obj));
	drm_gpuvm_bo_extobj_add(first_bo);
}

static bool mapped_in_walk(void)
{
	struct drm_gpuvm_exec e = { .vm = gpuvm, .num_fences = 1 };
	struct drm_gem_object *obj = new_obj(NULL);
	struct drm_gpuvm_bo *second;

	new_vm(DRM_GPUVM_IMMEDIATE_MODE);
	second_obj = new_obj(NULL);
	first_bo = add_immediate(obj);
	second = add_immediate(second_obj);
	kernel_locked = map_again;
	if (drm_gpuvm_exec_lock(&e) || e.exec.num_objects != 3)
		return false;
	drm_gpuvm_exec_unlock(&e);
	drm_gpuvm_bo_put_deferred(first_bo);
	drm_gpuvm_bo_put_deferred(second);
	drm_gpuvm_bo_deferred_cleanup(gpuvm);
	return kref_read(&obj->refcount) == 1 && kref_read(&second_obj->refcount) == 1 &&
	       kref_read(&gpuvm->kref) == 1;
}

/* Whoever evicts an object from all VMs holds the lock of the list of them. */
static bool evict_asserts(void)
{
	struct drm_gem_object *obj;
	unsigned long was;
	bool right;

	new_vm(DRM_GPUVM_IMMEDIATE_MODE);
	obj = new_obj(NULL);
	add_immediate(obj);
	dma_resv_lock(obj->resv, NULL);
	was = kernel_counts.warnings;
	mutex_lock(&obj->gpuva.lock);
	drm_gpuvm_bo_gem_evict(obj, true);
	mutex_unlock(&obj->gpuva.lock);
	right = kernel_counts.warnings == was;
	drm_gpuvm_bo_gem_evict(obj, true);
	return right && kernel_counts.warnings == was + 1;
}
#endif

/* Lockdep tells the locks of the two lists apart. */
static bool list_locks(void)
{
	return gpuvm->extobj.lock.class && gpuvm->evict.lock.class &&
	       gpuvm->extobj.lock.class != gpuvm->evict.lock.class;
}

/*
 * A callback drops the last reference to the vm_bo that it validates, and goes on
 * using the vm_bo.  The vm_bo is freed once, after the callback has returned.
 */
static struct drm_gpuvm_bo dropped;
static unsigned int dropped_act, dropped_freed;
static bool dropped_in_use, dropped_early;

static struct drm_gpuvm_bo *dropped_alloc(void)
{
	memset(&dropped, 0, sizeof(dropped));
	return &dropped;
}

static void dropped_free(struct drm_gpuvm_bo *bo)
{
	dropped_early |= dropped_in_use;
	dropped_freed++;
}

static int validate_and_drop(struct drm_gpuvm_bo *bo, struct drm_exec *exec)
{
	dropped_in_use = true;
	drm_gpuvm_bo_put(bo);
	if (dropped_act == 2)
		drm_gpuvm_bo_extobj_add(bo);
	else
		drm_gpuvm_bo_evict(bo, dropped_act);
	dropped_in_use = false;
	return 0;
}

static bool drop_in_callback_with(enum drm_gpuvm_flags flags)
{
	static struct drm_gpuvm_ops mine;
	bool right = true;

	mine = ops;
	mine.vm_bo_alloc = dropped_alloc;
	mine.vm_bo_free = dropped_free;
	mine.vm_bo_validate = validate_and_drop;
	for (dropped_act = 0; dropped_act < 3; dropped_act++) {
		struct drm_gpuvm_exec e = { .vm = gpuvm };
		struct drm_gem_object *obj = new_obj(NULL);
		struct drm_gpuvm_bo *bo;

		new_vm(flags);
		gpuvm->ops = &mine;
		dropped_freed = 0;
		dropped_early = false;
		dma_resv_lock(gpuvm->r_obj->resv, NULL);
		bo = obtain(obj);
		dma_resv_lock(obj->resv, NULL);
		drm_gpuvm_bo_evict(bo, true);
		dma_resv_unlock(obj->resv);
		dma_resv_unlock(gpuvm->r_obj->resv);
		if (drm_gpuvm_exec_lock(&e) || drm_gpuvm_exec_validate(&e))
			return false;
		drm_gpuvm_exec_unlock(&e);
		right = right && !dropped_early && dropped_freed == 1 &&
			kref_read(&obj->refcount) == 1 && kref_read(&gpuvm->kref) == 1 &&
			list_empty(&gpuvm->extobj.list) && list_empty(&gpuvm->evict.list);
	}
	return right;
}

static bool drop_in_callback(void)
{
	return drop_in_callback_with(0);
}

/* 6.12 and 7.3 free the vm_bo under the callback. */
static bool drop_in_callback_resv(void)
{
	return drop_in_callback_with(DRM_GPUVM_RESV_PROTECTED);
}

static const struct {
	const char *name;
	bool (*right)(void);
} faults[] = {
	{ "remap-leak", remap_leak },
	{ "for-each-va", bo_walk },
	{ "range-zero", range_zero },
#ifndef FUZZ_NO_NEIGHBOURS
	{ "find-prev", find_prev },
#endif
	{ "put-without-lock", put_without_lock },
	{ "put-in-fence-path", put_in_fence_path },
#ifndef FAULTS_NO_DEFERRED
	{ "mapped-again", mapped_again },
	{ "mapped-in-walk", mapped_in_walk },
	{ "evict-asserts", evict_asserts },
#endif
	{ "list-locks", list_locks },
	{ "drop-in-callback", drop_in_callback },
	{ "drop-in-callback-resv", drop_in_callback_resv },
};

int main(int argc, char **argv)
{
	kernel_quiet = true;
	kref_init(&drm.ref);
	drm_gem_private_object_init(&drm, &r_obj, 0);
	drm_gpuvm_init(gpuvm, "faults", 0, &drm, &r_obj, START, 1ULL << 40, 0, 0, &ops);
	for (unsigned int i = 0; argc == 2 && i < ARRAY_SIZE(faults); i++) {
		if (strcmp(argv[1], faults[i].name))
			continue;
		puts(faults[i].right() ? "right" : "wrong");
		return 0;
	}
	fprintf(stderr, "faults: give one of the names that faults.c has\n");
	return 2;
}
