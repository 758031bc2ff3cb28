// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Objects of kernels before v6.1, whose list of vm_bos is beside them: nothing is
// allocated under an object's gpuva mutex, also if there was no memory for the list when
// the object was made.  kernel.c warns of such allocations.
// shadow: says what is wrong and where, or nothing.

#include <drm/drm_gpuvm.h>

#include "check.h"

#define START	0x10000ULL
#define PAGE	4096ULL

static struct drm_device drm;
static struct drm_gem_object r_obj;
static struct drm_gpuvm gpuvm, *const vm = &gpuvm;

static void vm_free(struct drm_gpuvm *gone)
{
}

static const struct drm_gpuvm_ops ops = { .vm_free = vm_free };

static void init(struct drm_gem_object *obj, bool memory)
{
	memset(obj, 0, sizeof(*obj));
	kernel_faults.countdown = !memory;
	drm_gem_private_object_init(&drm, obj, 0);
	check(!kernel_faults.countdown);
}

static void forget(struct drm_gem_object *obj)
{
	check(kref_read(&obj->refcount) == 1);
	ngv_gem_gpuva_forget(obj);
}

static struct drm_gpuvm_bo *find(struct drm_gem_object *obj)
{
	struct drm_gpuvm_bo *bo;

	dma_resv_lock(obj->resv, NULL);
	mutex_lock(&obj->gpuva.lock);
	bo = drm_gpuvm_bo_find(vm, obj);
	drm_gpuvm_bo_gem_evict(obj, false);
	mutex_unlock(&obj->gpuva.lock);
	dma_resv_unlock(obj->resv);
	return bo;
}

static void immediate(bool memory)
{
	struct drm_gpuvm_bo *bo, *same;
	struct drm_gem_object obj;
	struct drm_gpuva va = {};
	unsigned int at = 0;

	init(&obj, memory);
	check(!find(&obj));
	/* Each allocation fails in turn. */
	do {
		kernel_faults.countdown = ++at;
		bo = drm_gpuvm_bo_create(vm, &obj);
		/* The reserve's nodes, which come last, may fail. */
		check(bo || !kernel_faults.countdown);
		check(kref_read(&obj.refcount) == 1 + !!bo);
	} while (!bo && at < 9);
	kernel_faults.countdown = 0;
	/* The list is kept once it is there. */
	check(at == (memory ? 2 : 3));
	check(!find(&obj));
	check(drm_gpuvm_bo_obtain_prealloc(bo) == bo);
	same = find(&obj);
	check(same == bo);
	drm_gpuva_init(&va, START, PAGE, &obj, 0);
	check(!drm_gpuva_insert(vm, &va));
	mutex_lock(&obj.gpuva.lock);
	drm_gpuva_link(&va, bo);
	mutex_unlock(&obj.gpuva.lock);
	check(!drm_gpuvm_bo_put_deferred(bo) && !drm_gpuvm_bo_put_deferred(same));
	drm_gpuva_remove(&va);
	drm_gpuva_unlink_defer(&va);
	check(!find(&obj));
	drm_gpuvm_bo_deferred_cleanup(vm);
	forget(&obj);
}

/* A list that nobody has asked for is empty, for all objects alike. */
static void never_mapped(void)
{
	struct drm_gem_object obj[2];
	struct drm_gpuvm_bo *bo;
	unsigned int n = 0;

	init(&obj[0], false);
	init(&obj[1], false);
	check(list_empty(ngv_gem_gpuva_list(&obj[0])));
	bo = drm_gpuvm_bo_obtain_prealloc(drm_gpuvm_bo_create(vm, &obj[0]));
	drm_gem_for_each_gpuvm_bo(bo, &obj[1])
		n++;
	check(!n);
	bo = find(&obj[0]);
	check(bo && !drm_gpuvm_bo_put_deferred(bo) && drm_gpuvm_bo_put_deferred(bo));
	drm_gpuvm_bo_deferred_cleanup(vm);
	forget(&obj[0]);
	forget(&obj[1]);
}

int main(void)
{
	kref_init(&drm.ref);
	init(&r_obj, true);
	drm_gpuvm_init(vm, "beside", DRM_GPUVM_IMMEDIATE_MODE, &drm, &r_obj, START, 1ULL << 40,
		       0, 0, &ops);
	immediate(true);
	immediate(false);
	never_mapped();
	drm_gpuvm_put(vm);
	forget(&r_obj);
	check(kernel_counts.allocs == kernel_counts.frees);
	return bad || kernel_counts.warnings;
}
