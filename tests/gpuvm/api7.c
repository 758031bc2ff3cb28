// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// What a driver of mainline 7.3 sees of our GPUVM: names, flags and assertions of its
// API, against the core that has both.  Compiled for mainline 7.3 too, which has to do the
// same.  api7: says what is wrong and where, or nothing.

#ifdef API7_OURS
#define DRM_GPUVM_MAP_BY_REQUEST
#endif
#include <drm/drm_exec.h>
#include <drm/drm_gpuvm.h>

#include "check.h"

#define START	0x10000ULL

static unsigned int freed;
static struct drm_gpuvm vm;

static void vm_free(struct drm_gpuvm *gone)
{
	freed++;
}

static const struct drm_gpuvm_ops ops = { .vm_free = vm_free };

int main(void)
{
	static struct drm_device drm;
	static struct drm_gem_object r_obj, obj;
	struct drm_gpuvm_bo *bo;
	struct drm_exec exec;
	const unsigned long flags[] = {
		DRM_GPUVM_RESV_PROTECTED, DRM_GPUVM_IMMEDIATE_MODE, DRM_GPUVM_USERBITS,
	};
	unsigned int i, rounds = 0;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		check(flags[i] == BIT(i));
	kref_init(&drm.ref);
	drm_gem_private_object_init(&drm, &r_obj, 0);
	drm_gem_private_object_init(&drm, &obj, 0);

	/* A bit for the driver is not immediate mode. */
	drm_gpuvm_init(&vm, "api7", DRM_GPUVM_USERBITS, &drm, &r_obj, START, 1ULL << 40, 0, 0, &ops);
	check(!drm_gpuvm_immediate_mode(&vm) && vm.flags & DRM_GPUVM_USERBITS);
	warns(1, drm_gem_gpuva_assert_lock_held(&vm, &obj));
	dma_resv_lock(obj.resv, NULL);
	warns(0, drm_gem_gpuva_assert_lock_held(&vm, &obj));
	warns(1, bo = drm_gpuvm_bo_obtain_prealloc(drm_gpuvm_bo_create(&vm, &obj)));
	check(drm_gpuvm_bo_put(bo));
	dma_resv_unlock(obj.resv);
	drm_gpuvm_put(&vm);
	check(freed == 1);

	memset(&vm, 0, sizeof(vm));
	drm_gpuvm_init(&vm, "api7", DRM_GPUVM_IMMEDIATE_MODE, &drm, &r_obj, START, 1ULL << 40, 0, 0,
		       &ops);
	check(drm_gpuvm_immediate_mode(&vm) && vm.flags & DRM_GPUVM_IMMEDIATE_MODE);
	warns(1, drm_gem_gpuva_assert_lock_held(&vm, &obj));
	mutex_lock(&obj.gpuva.lock);
	warns(0, drm_gem_gpuva_assert_lock_held(&vm, &obj));
	mutex_unlock(&obj.gpuva.lock);
	warns(0, bo = drm_gpuvm_bo_obtain_prealloc(drm_gpuvm_bo_create(&vm, &obj)));
	check(drm_gpuvm_bo_put_deferred(bo));
	drm_gpuvm_bo_deferred_cleanup(&vm);
	drm_gpuvm_put(&vm);
	check(freed == 2);

	/* A driver that begins anew, as after it evicted something. */
	drm_exec_init(&exec, 0, 0);
	drm_exec_until_all_locked(&exec) {
		check(!drm_exec_lock_obj(&exec, &obj));
		drm_exec_retry_on_contention(&exec);
		check(dma_resv_locking_ctx(obj.resv) == drm_exec_ticket(&exec));
		if (!rounds++) {
			drm_exec_fini(&exec);
			drm_exec_init(&exec, 0, 0);
			drm_exec_retry(&exec);
		}
	}
	check(rounds == 2 && exec.num_objects == 1);
	drm_exec_fini(&exec);
	check(kernel_counts.allocs == kernel_counts.frees);
	return !!bad;
}
