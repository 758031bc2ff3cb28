// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Faults of mainline's GPUVM, one by one: faults NAME prints "right" or "wrong".
// Compiled for each implementation; the tests want ours right and mainline's wrong,
// so that a test which no longer sees the fault is noticed as well.

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

/* A walk that ends early leaves no pair to be put without the object's lock. */
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

/*
 * The last put does not free the object while its mutex is held, and takes no
 * dma-resv: 6.12 has no other way, so it is wrong by not having this one.
 */
static bool put_in_fence_path(void)
{
#ifdef FAULTS_NO_DEFERRED
	return false;
#else
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
#endif
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
