// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Tests of drm_gpuvm_bo: one for each VM and object, and the references between them

#include "gpuvm_util.h"
#include "suites.h"

/* Returns how many vm_bos an object has, and whether @wanted is one of them. */
static unsigned int count_vm_bos(struct gt *gt, struct drm_gem_object *obj,
				 struct drm_gpuvm_bo *wanted, bool *found)
{
	struct drm_gpuvm_bo *each, *after;
	unsigned int n = 0, safe = 0;
	struct drm_exec exec;

	*found = false;
	gt_lock(gt, &exec, NULL, obj);
	drm_gem_for_each_gpuvm_bo(each, obj) {
		n++;
		*found |= each == wanted;
	}
	drm_gem_for_each_gpuvm_bo_safe(each, after, obj)
		safe++;
	gt_unlock(&exec);
	ktap_expect_eq(gt->t, n, safe);
	return n;
}

static struct drm_gpuvm_bo *find_vm_bo(struct gt *gt, struct drm_gpuvm *vm,
				       struct drm_gem_object *obj)
{
	struct drm_gpuvm_bo *vm_bo;
	struct drm_exec exec;

	gt_lock(gt, &exec, vm, obj);
	gt_gpuva_lock(obj);
	vm_bo = drm_gpuvm_bo_find(vm, obj);
	gt_gpuva_unlock(obj);
	gt_unlock(&exec);
	return vm_bo;
}

static void obtain_is_unique(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gt_modes); i++) {
		struct drm_gpuvm *vm = gt_vm(gt, gt_modes[i]);
		struct drm_gem_object *obj = gt_extobj(gt);
		struct drm_gpuvm_bo *a, *b, *c;
		bool found;

		ktap_expect(t, !find_vm_bo(gt, vm, obj));
		ktap_expect_eq(t, count_vm_bos(gt, obj, NULL, &found), 0);
		a = gt_obtain(gt, vm, obj);
		b = gt_obtain(gt, vm, obj);
		c = find_vm_bo(gt, vm, obj);
		ktap_expect_ptr_eq(t, b, a);
		ktap_expect_ptr_eq(t, c, a);
		ktap_expect_ptr_eq(t, a->vm, vm);
		ktap_expect_ptr_eq(t, a->obj, obj);
		ktap_expect(t, !a->evicted);
		ktap_expect_eq(t, count_vm_bos(gt, obj, a, &found), 1);
		ktap_expect(t, found);
		ktap_expect_eq(t, atomic_read(&gt->vm_bos), 1);

		ktap_expect(t, !gt_put(gt, a));
		ktap_expect(t, !gt_put(gt, a));
		ktap_expect_eq(t, atomic_read(&gt->vm_bos), 1);
		ktap_expect(t, gt_put(gt, a));
		ktap_expect_eq(t, atomic_read(&gt->vm_bos), 0);
		ktap_expect(t, !find_vm_bo(gt, vm, obj));
		ktap_expect_eq(t, count_vm_bos(gt, obj, NULL, &found), 0);
	}
	ktap_expect(t, !drm_gpuvm_bo_put(NULL));
}

static void one_per_vm_and_object(struct ktap *t)
{
	enum { VMS = 7, OBJS = 5 };
	struct gt *gt = to_gt(t);
	struct drm_gpuvm_bo *bo[VMS][OBJS];
	struct drm_gem_object *obj[OBJS];
	struct drm_gpuvm *vm[VMS];
	unsigned int i, j, k, l;
	bool found;

	for (i = 0; i < VMS; i++)
		vm[i] = gt_vm(gt, i % 2 ? &gt_lock_mode : &gt_resv_mode);
	for (j = 0; j < OBJS; j++)
		obj[j] = gt_extobj(gt);
	for (i = 0; i < VMS; i++)
		for (j = 0; j < OBJS; j++)
			bo[i][j] = gt_obtain(gt, vm[i], obj[j]);

	for (i = 0; i < VMS * OBJS; i++)
		for (k = 0; k < i; k++)
			ktap_expect(t, bo[i / OBJS][i % OBJS] !=
				       bo[k / OBJS][k % OBJS]);
	for (i = 0; i < VMS; i++) {
		for (j = 0; j < OBJS; j++) {
			struct drm_gpuvm_bo *got = find_vm_bo(gt, vm[i], obj[j]);

			if (!ktap_expect_ptr_eq(t, got, bo[i][j]))
				return;
			gt_put(gt, got);
			ktap_expect_eq(t, count_vm_bos(gt, obj[j], got, &found),
				       VMS);
			ktap_expect(t, found);
		}
	}

	/* Removing one keeps the others in the index. */
	for (i = 0; i < VMS; i++) {
		for (j = 0; j < OBJS; j++) {
			k = (i * 3) % VMS;
			l = (j * 2) % OBJS;
			ktap_expect(t, gt_put(gt, bo[k][l]));
			ktap_expect(t, !find_vm_bo(gt, vm[k], obj[l]));
		}
		ktap_expect_eq(t, count_vm_bos(gt, obj[0], NULL, &found),
			       VMS - 1 - i);
	}
}

static void create_is_not_on_the_object(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, &gt_lock_mode);
	struct drm_gem_object *obj = gt_extobj(gt);
	struct drm_gpuvm_bo *vm_bo = drm_gpuvm_bo_create(vm, obj);
	bool found;

	ktap_assert_ptr(t, vm_bo);
	ktap_expect_ptr_eq(t, vm_bo->vm, vm);
	ktap_expect_ptr_eq(t, vm_bo->obj, obj);
	ktap_expect(t, !find_vm_bo(gt, vm, obj));
	ktap_expect_eq(t, count_vm_bos(gt, obj, NULL, &found), 0);
	ktap_expect(t, gt_put(gt, vm_bo));
}

static struct drm_gpuvm_bo *obtain_prealloc(struct gt *gt,
					    struct drm_gpuvm_bo *vm_bo)
{
	struct drm_gem_object *obj = vm_bo->obj;
	struct drm_gpuvm *vm = vm_bo->vm;
	struct drm_exec exec;

	gt_lock(gt, &exec, vm, obj);
	vm_bo = drm_gpuvm_bo_obtain_prealloc(vm_bo);
	gt_unlock(&exec);
	return vm_bo;
}

static void prealloc_is_used(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, &gt_lock_mode);
	struct drm_gem_object *obj = gt_extobj(gt);
	struct drm_gpuvm_bo *made = drm_gpuvm_bo_create(vm, obj), *got;
	bool found;

	ktap_assert_ptr(t, made);
	ktap_expect_ptr_eq(t, obtain_prealloc(gt, made), made);
	ktap_expect_eq(t, count_vm_bos(gt, obj, made, &found), 1);
	ktap_expect(t, found);
	got = gt_obtain(gt, vm, obj);
	ktap_expect_ptr_eq(t, got, made);
	ktap_expect(t, !gt_put(gt, got));
	/* Creation and list together hold one reference. */
	ktap_expect(t, gt_put(gt, made));
}

static void prealloc_is_given_back(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gt_modes); i++) {
		struct drm_gpuvm *vm = gt_vm(gt, gt_modes[i]);
		struct drm_gem_object *obj = gt_extobj(gt);
		struct drm_gpuvm_bo *old = gt_obtain(gt, vm, obj), *made;
		bool found;

		made = drm_gpuvm_bo_create(vm, obj);
		ktap_assert_ptr(t, made);
		ktap_expect_eq(t, atomic_read(&gt->vm_bos), 2);
		ktap_expect_ptr_eq(t, obtain_prealloc(gt, made), old);
		ktap_expect_eq(t, atomic_read(&gt->vm_bos), 1);
		ktap_expect_eq(t, count_vm_bos(gt, obj, old, &found), 1);
		ktap_expect(t, found);
		ktap_expect(t, !gt_put(gt, old));
		ktap_expect(t, gt_put(gt, old));
	}
}

static void alloc_error(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm_new(gt, &gt_lock_mode);
	struct drm_gem_object *obj = gt_extobj(gt);
	struct drm_gpuvm_bo *vm_bo;
	struct drm_exec exec;
	bool found;

	WRITE_ONCE(gt->bo_fail, true);
	ktap_expect_ptr_eq(t, drm_gpuvm_bo_create(vm, obj), NULL);
	gt_lock(gt, &exec, vm, obj);
	ktap_expect_ptr_eq(t, drm_gpuvm_bo_obtain(vm, obj), ERR_PTR(-ENOMEM));
	gt_unlock(&exec);
	ktap_expect_eq(t, count_vm_bos(gt, obj, NULL, &found), 0);

	/* Finding an existing one needs no memory. */
	WRITE_ONCE(gt->bo_fail, false);
	vm_bo = gt_obtain(gt, vm, obj);
	WRITE_ONCE(gt->bo_fail, true);
	ktap_expect_ptr_eq(t, gt_obtain(gt, vm, obj), vm_bo);
	gt_put(gt, vm_bo);
	gt_put(gt, vm_bo);
	WRITE_ONCE(gt->bo_fail, false);

	/* The failures left no reference to the VM. */
	drm_gpuvm_put(vm);
	ktap_expect_eq(t, atomic_read(&gt->vms), 0);
}

static void without_callbacks(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, &gt_bare_lock_mode);
	struct drm_gem_object *obj = gt_extobj(gt);
	struct drm_gpuvm_bo *vm_bo = gt_obtain(gt, vm, obj);

	ktap_expect_ptr_eq(t, vm_bo->obj, obj);
	ktap_expect(t, !vm_bo->evicted);
	ktap_expect_eq(t, atomic_read(&gt->vm_bos), 0);
	ktap_expect_ptr_eq(t, drm_gpuvm_bo_get(vm_bo), vm_bo);
	ktap_expect(t, !gt_put(gt, vm_bo));
	ktap_expect(t, gt_put(gt, vm_bo));
}

static void holds_vm_and_object(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gt_modes); i++) {
		struct drm_gpuvm *vm = gt_vm_new(gt, gt_modes[i]);
		struct drm_gem_object *obj = gt_extobj_new(gt);
		struct drm_gpuvm_bo *a = gt_obtain_ext(gt, vm, obj);
		struct drm_gpuvm_bo *b = drm_gpuvm_bo_create(vm, obj);

		ktap_assert_ptr(t, b);
		drm_gpuvm_put(vm);
		drm_gem_object_put(obj);
		ktap_expect_eq(t, atomic_read(&gt->vms), 1);
		ktap_expect_eq(t, atomic_read(&gt->fx->objects), 1);
		ktap_expect(t, gt_put(gt, b));
		ktap_expect_eq(t, atomic_read(&gt->vms), 1);
		ktap_expect_eq(t, atomic_read(&gt->fx->objects), 1);
		ktap_expect(t, gt_put(gt, a));
		ktap_expect_eq(t, atomic_read(&gt->vms), 0);
		ktap_expect_eq(t, atomic_read(&gt->fx->objects), 0);
	}
}

/* A linked mapping holds the vm_bo, which holds the VM and the object. */
static void link_holds_the_vm_bo(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gt_modes); i++) {
		struct drm_gpuvm *vm = gt_vm_new(gt, gt_modes[i]);
		struct drm_gem_object *obj = gt_extobj_new(gt);
		struct drm_gpuva *a, *b;

		a = gt_va_link(gt, vm, START, PAGE, obj, 0);
		b = gt_va_link(gt, vm, START + PAGE, PAGE, obj, 0);
		ktap_assert_ptr(t, a);
		ktap_assert_ptr(t, b);
		ktap_expect_ptr_eq(t, a->vm_bo, b->vm_bo);
		ktap_expect_eq(t, atomic_read(&gt->vm_bos), 1);
		drm_gpuvm_put(vm);
		drm_gem_object_put(obj);
		gt_va_drop(a);
		ktap_expect_eq(t, atomic_read(&gt->vm_bos), 1);
		ktap_expect_eq(t, atomic_read(&gt->vms), 1);
		ktap_expect_eq(t, atomic_read(&gt->fx->objects), 1);
		gt_va_drop(b);
		ktap_expect_eq(t, atomic_read(&gt->vm_bos), 0);
		ktap_expect_eq(t, atomic_read(&gt->vms), 0);
		ktap_expect_eq(t, atomic_read(&gt->fx->objects), 0);
	}
}

static void unlink_clears(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, &gt_lock_mode);
	struct drm_gem_object *obj = gt_extobj(gt);
	struct drm_gpuvm_bo *vm_bo = gt_obtain(gt, vm, obj);
	struct drm_gpuva *va = gt_va_link(gt, vm, START, PAGE, obj, 0), *each;
	struct drm_exec exec;

	ktap_assert_ptr(t, va);
	gt_lock(gt, &exec, vm, obj);
	drm_gpuva_unlink(va);
	ktap_expect_ptr_eq(t, va->vm_bo, NULL);
	drm_gpuvm_bo_for_each_va(each, vm_bo)
		ktap_fail(t, "a mapping is still linked");
	/* The mapping can be linked again. */
	drm_gpuva_link(va, vm_bo);
	ktap_expect_ptr_eq(t, va->vm_bo, vm_bo);
	gt_unlock(&exec);
	ktap_expect(t, !gt_put(gt, vm_bo));
	gt_va_drop(va);
	ktap_expect_eq(t, atomic_read(&gt->vm_bos), 0);
}

/* A mapping without an object, for example a sparse one, cannot be linked. */
static void link_without_object(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, &gt_lock_mode);
	struct drm_gpuvm_bo *vm_bo = gt_obtain(gt, vm, gt_extobj(gt));
	struct drm_gpuva *va = gt_va_insert(gt, vm, START, PAGE, NULL, 0);
	struct drm_gpuva *each;

	ktap_assert_ptr(t, va);
	drm_gpuva_link(va, vm_bo);
	ktap_expect_ptr_eq(t, va->vm_bo, NULL);
	drm_gpuvm_bo_for_each_va(each, vm_bo)
		ktap_fail(t, "a mapping without object is linked");
	drm_gpuva_unlink(va);
	ktap_expect(t, gt_put(gt, vm_bo));
}

static void walks_its_mappings(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, &gt_lock_mode);
	struct drm_gem_object *obj = gt_extobj(gt), *other = gt_extobj(gt);
	struct drm_gpuvm_bo *vm_bo = gt_obtain(gt, vm, obj);
	struct drm_gpuva *va, *next;
	struct drm_exec exec;
	unsigned int i, n = 0;
	u64 seen = 0;

	for (i = 0; i < 12; i++)
		gt_va_link(gt, vm, START + i * PAGE, PAGE, i % 3 ? obj : other,
			   0);
	gt_lock(gt, &exec, vm, obj);
	drm_gpuvm_bo_for_each_va(va, vm_bo) {
		seen |= BIT_ULL((va->va.addr - START) / PAGE);
		n++;
	}
	ktap_expect_eq(t, n, 8);
	ktap_expect_eq(t, seen, 0xdb6);
	drm_gpuvm_bo_for_each_va_safe(va, next, vm_bo) {
		drm_gpuva_remove(va);
		drm_gpuva_unlink(va);
		gt_va_free(va);
		n--;
	}
	gt_unlock(&exec);
	ktap_expect_eq(t, n, 0);
	ktap_expect(t, gt_put(gt, vm_bo));
	ktap_expect_eq(t, atomic_read(&gt->mappings), 4);
}

static void extobj_means_other_resv(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, &gt_lock_mode), *vm2 = gt_vm(gt, &gt_lock_mode);
	struct drm_gem_object *local = gt_local(gt, vm);

	ktap_expect(t, drm_gpuvm_is_extobj(vm, gt_extobj(gt)));
	ktap_expect(t, !drm_gpuvm_is_extobj(vm, local));
	ktap_expect(t, drm_gpuvm_is_extobj(vm2, local));
	ktap_expect(t, !drm_gpuvm_is_extobj(vm, drm_gpuvm_resv_obj(vm)));
	ktap_expect(t, !drm_gpuvm_is_extobj(vm, NULL));
}

/* Threads that create a vm_bo at the same time share one. */
struct racer {
	struct gt *gt;
	struct drm_gpuvm *vm;
	struct drm_gem_object *obj;
	unsigned int wrong;
};

static void race(void *arg)
{
	struct racer *r = arg;
	struct drm_gpuvm_bo *vm_bo;
	unsigned int i;

	for (i = 0; i < 2000; i++) {
		vm_bo = gt_obtain(r->gt, r->vm, r->obj);
		if (vm_bo->vm != r->vm || vm_bo->obj != r->obj ||
		    atomic_read(&r->gt->vm_bos) != 1)
			r->wrong++;
		if (i % 16 == 0)
			schedule();
		gt_put(r->gt, vm_bo);
	}
}

static void threads_share_one(struct ktap *t)
{
	struct racer *r = ktap_kzalloc(t, 3 * sizeof(*r));
	struct ktap_thread *thread = ktap_kzalloc(t, 3 * sizeof(*thread));
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, &gt_lock_mode);
	struct drm_gem_object *obj = gt_extobj(gt);
	unsigned int i;

	for (i = 0; i < 3; i++) {
		r[i] = (struct racer){ .gt = gt, .vm = vm, .obj = obj };
		ktap_expect_eq(t, ktap_thread_start(&thread[i], race, &r[i],
						    "racer"), 0);
	}
	for (i = 0; i < 3; i++) {
		ktap_thread_join(&thread[i]);
		ktap_expect_eq(t, r[i].wrong, 0);
	}
	ktap_expect_eq(t, atomic_read(&gt->vm_bos), 0);
}

static const struct ktap_case gpuvm_bo_cases[] = {
	KTAP_CASE(obtain_is_unique),
	KTAP_CASE(one_per_vm_and_object),
	KTAP_CASE(create_is_not_on_the_object),
	KTAP_CASE(prealloc_is_used),
	KTAP_CASE(prealloc_is_given_back),
	KTAP_CASE(alloc_error),
	KTAP_CASE(without_callbacks),
	KTAP_CASE(holds_vm_and_object),
	KTAP_CASE(link_holds_the_vm_bo),
	KTAP_CASE(unlink_clears),
	KTAP_CASE(link_without_object),
	KTAP_CASE(walks_its_mappings),
	KTAP_CASE(extobj_means_other_resv),
	KTAP_CASE(threads_share_one),
	{}
};

const struct ktap_suite gpuvm_bo_suite = {
	.name = "gpuvm_bo",
	.init = gt_init,
	.cases = gpuvm_bo_cases,
};
