// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Tests of the lists of external and of evicted objects, with both kinds of protection,
// internal locks and the VM's dma-resv, and each with immediate mode.
//
// The lists are private to the VM.  The tests look at which objects
// drm_gpuvm_exec_lock() locks and drm_gpuvm_validate() passes to the callback.

#include <linux/delay.h>

#include "gpuvm_util.h"
#include "suites.h"

#define OBJS	6

/* Runs a case in each mode. */
static void in_each_mode(struct ktap *t, void (*fn)(struct ktap *t,
						    const struct gt_vm_args *mode))
{
	unsigned int i;

	for (i = 0; i < GT_MODES; i++) {
		int failures = atomic_read(&t->failures);

		fn(t, gt_modes[i]);
		if (atomic_read(&t->failures) != failures)
			ktap_note(t, "that was with flags %#x", gt_modes[i]->flags);
	}
}

/*
 * Returns how often drm_gpuvm_exec_lock() locked an object.  @total includes the VM's
 * own object.
 */
static unsigned int locked(struct gt *gt, struct drm_gpuvm *vm,
			   struct drm_gem_object *obj, unsigned int *total)
{
	struct drm_gpuvm_exec exec = { .vm = vm };
	struct drm_gem_object *each;
	unsigned int n = 0, own = 0;

	*total = 0;
	if (!ktap_expect_eq(gt->t, drm_gpuvm_exec_lock(&exec), 0))
		return 0;
	drm_exec_for_each_locked_object(&exec.exec, each) {
		++*total;
		n += each == obj;
		own += each == drm_gpuvm_resv_obj(vm);
	}
	drm_gpuvm_exec_unlock(&exec);
	ktap_expect_eq(gt->t, own, 1);
	return n;
}

/* Locks everything and validates.  Returns the result of drm_gpuvm_validate(). */
static int lock_and_validate(struct gt *gt, struct drm_gpuvm *vm)
{
	struct drm_gpuvm_exec exec = { .vm = vm };
	int ret = drm_gpuvm_exec_lock(&exec);

	if (!ktap_expect_eq(gt->t, ret, 0))
		return ret;
	ret = drm_gpuvm_exec_validate(&exec);
	drm_gpuvm_exec_unlock(&exec);
	return ret;
}

static void expect_validated(struct ktap *t, struct drm_gpuvm_bo *vm_bo,
			     unsigned int times)
{
	ktap_expect_eq(t, to_gt_bo(vm_bo)->validated, times);
}

static void extobj_add(struct ktap *t, const struct gt_vm_args *mode)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, mode);
	struct drm_gem_object *ext = gt_extobj(gt), *local = gt_local(gt, vm);
	struct drm_gpuvm_bo *a = gt_obtain(gt, vm, ext), *b, *l;
	unsigned int total;

	/* A vm_bo alone is not enough. */
	ktap_expect_eq(t, locked(gt, vm, ext, &total), 0);
	ktap_expect_eq(t, total, 1);
	/* A second call has no effect. */
	b = gt_obtain_ext(gt, vm, ext);
	ktap_expect_eq(t, locked(gt, vm, ext, &total), 1);
	gt_put(gt, gt_obtain_ext(gt, vm, ext));
	ktap_expect_eq(t, locked(gt, vm, ext, &total), 1);
	ktap_expect_eq(t, total, 2);
	/* An object that shares the VM's dma-resv is not external. */
	l = gt_obtain_ext(gt, vm, local);
	ktap_expect_eq(t, locked(gt, vm, local, &total), 0);
	ktap_expect_eq(t, total, 2);

	ktap_expect(t, gt_put(gt, l));
	ktap_expect(t, !gt_put(gt, b));
	ktap_expect_eq(t, locked(gt, vm, ext, &total), 1);
	/* Dropping the last reference removes the vm_bo from the list. */
	ktap_expect(t, gt_put(gt, a));
	ktap_expect_eq(t, locked(gt, vm, ext, &total), 0);
	ktap_expect_eq(t, total, 1);
}

static void extobj_add_in_each_mode(struct ktap *t)
{
	in_each_mode(t, extobj_add);
}

/* A walk does not change the list, even if it ends early. */
static void extobj_walks(struct ktap *t, const struct gt_vm_args *mode)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, mode), *vm2 = gt_vm(gt, mode);
	struct drm_gem_object *obj[OBJS];
	struct drm_gpuvm_bo *bo[OBJS], *other;
	struct drm_gpuvm_exec exec;
	unsigned int i, round, total;
	struct drm_exec held;

	for (i = 0; i < OBJS; i++) {
		obj[i] = gt_extobj(gt);
		bo[i] = gt_obtain_ext(gt, vm, obj[i]);
	}
	other = gt_obtain_ext(gt, vm2, obj[1]);

	for (round = 0; round < 3; round++)
		for (i = 0; i < OBJS; i++) {
			ktap_expect_eq(t, locked(gt, vm, obj[i], &total), 1);
			ktap_expect_eq(t, total, 1 + OBJS);
		}
	ktap_expect_eq(t, locked(gt, vm2, obj[1], &total), 1);
	ktap_expect_eq(t, total, 2);

	/* An object that is locked already ends the walk with -EALREADY. */
	for (i = 0; i < OBJS; i++) {
		int ret = 0;

		drm_exec_init(&held, 0, 0);
		drm_exec_until_all_locked(&held) {
			ret = drm_gpuvm_prepare_vm(vm, &held, 0);
			drm_exec_retry_on_contention(&held);
			ktap_expect_eq(t, ret, 0);
			ret = drm_exec_lock_obj(&held, obj[i]);
			drm_exec_retry_on_contention(&held);
			ktap_expect_eq(t, ret, 0);
			ret = drm_gpuvm_prepare_objects(vm, &held, 0);
			drm_exec_retry_on_contention(&held);
			if (ret)
				break;
		}
		ktap_expect_eq(t, ret, -EALREADY);
		drm_exec_fini(&held);
		ktap_expect_eq(t, locked(gt, vm, obj[i], &total), 1);
		ktap_expect_eq(t, total, 1 + OBJS);
	}

	/* Remove vm_bos without a walk: the first, the last and one in the middle. */
	exec = (struct drm_gpuvm_exec){ .vm = vm };
	ktap_assert_eq(t, drm_gpuvm_exec_lock(&exec), 0);
	ktap_expect(t, gt_put_locked(bo[0]));
	ktap_expect(t, gt_put_locked(bo[OBJS - 1]));
	ktap_expect(t, gt_put_locked(bo[2]));
	drm_gpuvm_exec_unlock(&exec);
	ktap_expect_eq(t, locked(gt, vm, obj[0], &total), 0);
	ktap_expect_eq(t, locked(gt, vm, obj[1], &total), 1);
	ktap_expect_eq(t, total, OBJS - 2);
	for (i = 0; i < OBJS; i++)
		if (i && i != 2 && i != OBJS - 1)
			gt_put(gt, bo[i]);
	gt_put(gt, other);
}

static void extobj_walks_in_each_mode(struct ktap *t)
{
	in_each_mode(t, extobj_walks);
}

/* More than a walk takes in one batch */
static void extobj_many(struct ktap *t, const struct gt_vm_args *mode)
{
	enum { COUNT = 70 };
	struct drm_gpuvm_bo **bo = ktap_kzalloc(t, COUNT * sizeof(*bo));
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, mode);
	unsigned int i, total;

	for (i = 0; i < COUNT; i++) {
		bo[i] = gt_obtain_ext(gt, vm, gt_extobj(gt));
		gt_evict(gt, bo[i]->obj, true);
	}
	for (i = 0; i < COUNT; i++)
		ktap_expect_eq(t, locked(gt, vm, bo[i]->obj, &total), 1);
	ktap_expect_eq(t, total, 1 + COUNT);
	ktap_expect_eq(t, lock_and_validate(gt, vm), 0);
	for (i = 0; i < COUNT; i++) {
		expect_validated(t, bo[i], 1);
		gt_put(gt, bo[i]);
	}
}

static void extobj_many_in_each_mode(struct ktap *t)
{
	in_each_mode(t, extobj_many);
}

static void validate_without_callback(struct ktap *t)
{
	ktap_expect_eq(t, lock_and_validate(to_gt(t), gt_vm(to_gt(t),
							    &gt_bare_lock_mode)), -EOPNOTSUPP);
	ktap_expect_eq(t, lock_and_validate(to_gt(t), gt_vm(to_gt(t),
							    &gt_bare_resv_mode)), -EOPNOTSUPP);
}

static void evicted_is_validated(struct ktap *t, const struct gt_vm_args *mode)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, mode);
	struct drm_gem_object *ext = gt_extobj(gt), *local = gt_local(gt, vm);
	struct drm_gem_object *idle = gt_extobj(gt);
	struct drm_gpuvm_bo *e = gt_obtain_ext(gt, vm, ext);
	struct drm_gpuvm_bo *l = gt_obtain_ext(gt, vm, local);
	struct drm_gpuvm_bo *i = gt_obtain_ext(gt, vm, idle);

	ktap_expect_eq(t, lock_and_validate(gt, vm), 0);
	expect_validated(t, e, 0);
	gt_evict(gt, ext, true);
	gt_evict(gt, local, true);
	ktap_expect(t, e->evicted);
	ktap_expect(t, l->evicted);
	ktap_expect(t, !i->evicted);
	ktap_expect_eq(t, lock_and_validate(gt, vm), 0);
	expect_validated(t, e, 1);
	expect_validated(t, l, 1);
	expect_validated(t, i, 0);
	ktap_expect(t, !e->evicted);
	ktap_expect(t, !l->evicted);

	/* A validated object is not validated again. */
	ktap_expect_eq(t, lock_and_validate(gt, vm), 0);
	expect_validated(t, e, 1);
	expect_validated(t, l, 1);

	/*
	 * An object that is evicted again is validated again; a second call has no
	 * effect.
	 */
	gt_evict(gt, ext, true);
	gt_evict(gt, ext, true);
	gt_evict(gt, local, true);
	gt_evict(gt, local, true);
	ktap_expect_eq(t, lock_and_validate(gt, vm), 0);
	expect_validated(t, e, 2);
	expect_validated(t, l, 2);

	/* An object that became resident meanwhile is not validated. */
	gt_evict(gt, ext, true);
	gt_evict(gt, local, true);
	gt_evict(gt, ext, false);
	gt_evict(gt, local, false);
	ktap_expect(t, !e->evicted);
	ktap_expect_eq(t, lock_and_validate(gt, vm), 0);
	expect_validated(t, e, 2);
	expect_validated(t, l, 2);

	gt_put(gt, e);
	gt_put(gt, l);
	gt_put(gt, i);
}

static void evicted_is_validated_in_each_mode(struct ktap *t)
{
	in_each_mode(t, evicted_is_validated);
}

/* If the callback returns 0 but leaves the object evicted, it is called again later. */
static void stays_until_unevicted(struct ktap *t, const struct gt_vm_args *mode)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, mode);
	struct drm_gem_object *ext = gt_extobj(gt), *local = gt_local(gt, vm);
	struct drm_gpuvm_bo *e = gt_obtain_ext(gt, vm, ext);
	struct drm_gpuvm_bo *l = gt_obtain_ext(gt, vm, local);
	unsigned int i;

	gt_evict(gt, ext, true);
	gt_evict(gt, local, true);
	to_gt_bo(e)->stays = true;
	to_gt_bo(l)->stays = true;
	for (i = 1; i <= 3; i++) {
		ktap_expect_eq(t, lock_and_validate(gt, vm), 0);
		expect_validated(t, e, i);
		expect_validated(t, l, i);
	}
	to_gt_bo(e)->stays = false;
	to_gt_bo(l)->stays = false;
	for (i = 4; i <= 5; i++) {
		ktap_expect_eq(t, lock_and_validate(gt, vm), 0);
		expect_validated(t, e, 4);
		expect_validated(t, l, 4);
	}
	gt_put(gt, e);
	gt_put(gt, l);
}

static void stays_until_unevicted_in_each_mode(struct ktap *t)
{
	in_each_mode(t, stays_until_unevicted);
}

static unsigned int sum_validated(struct drm_gpuvm_bo *bo[OBJS])
{
	unsigned int i, n = 0;

	for (i = 0; i < OBJS; i++)
		n += to_gt_bo(bo[i])->validated;
	return n;
}

static void failed_validation(struct ktap *t, const struct gt_vm_args *mode)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, mode);
	struct drm_gem_object *obj[OBJS];
	struct drm_gpuvm_bo *bo[OBJS];
	unsigned int i, bad, done;

	for (i = 0; i < OBJS; i++) {
		obj[i] = i % 2 ? gt_local(gt, vm) : gt_extobj(gt);
		bo[i] = gt_obtain_ext(gt, vm, obj[i]);
	}
	for (bad = 0; bad < OBJS; bad++) {
		for (i = 0; i < OBJS; i++) {
			gt_evict(gt, obj[i], true);
			to_gt_bo(bo[i])->validated = 0;
		}
		to_gt_bo(bo[bad])->ret = -ENOSPC;
		ktap_expect_eq(t, lock_and_validate(gt, vm), -ENOSPC);
		expect_validated(t, bo[bad], 1);
		ktap_expect(t, bo[bad]->evicted);
		/*
		 * Objects after the failure were not tried; objects before it stay
		 * validated.
		 */
		for (i = 0; i < OBJS; i++)
			if (i != bad)
				ktap_expect_eq(t, bo[i]->evicted,
					       !to_gt_bo(bo[i])->validated);
		done = sum_validated(bo);
		ktap_expect_le(t, done, OBJS);

		/* The object fails again.  Validated objects are not validated again. */
		ktap_expect_eq(t, lock_and_validate(gt, vm), -ENOSPC);
		expect_validated(t, bo[bad], 2);

		to_gt_bo(bo[bad])->ret = 0;
		ktap_expect_eq(t, lock_and_validate(gt, vm), 0);
		expect_validated(t, bo[bad], 3);
		for (i = 0; i < OBJS; i++) {
			ktap_expect(t, !bo[i]->evicted);
			if (i != bad)
				expect_validated(t, bo[i], 1);
		}
		ktap_expect_eq(t, lock_and_validate(gt, vm), 0);
		ktap_expect_eq(t, sum_validated(bo), OBJS + 2);
	}
	for (i = 0; i < OBJS; i++)
		gt_put(gt, bo[i]);
}

static void failed_validation_in_each_mode(struct ktap *t)
{
	in_each_mode(t, failed_validation);
}

static void several_vms(struct ktap *t, const struct gt_vm_args *mode)
{
	enum { VMS = 4 };
	struct gt *gt = to_gt(t);
	struct drm_gem_object *obj = gt_extobj(gt);
	struct drm_gpuvm_bo *bo[VMS];
	struct drm_gpuvm *vm[VMS];
	unsigned int i, j;

	for (i = 0; i < VMS; i++) {
		vm[i] = gt_vm(gt, mode);
		bo[i] = gt_obtain_ext(gt, vm[i], obj);
	}
	gt_evict(gt, obj, true);
	for (i = 0; i < VMS; i++)
		ktap_expect(t, bo[i]->evicted);

	/* The first VM that validates makes the object resident for all. */
	ktap_expect_eq(t, lock_and_validate(gt, vm[0]), 0);
	expect_validated(t, bo[0], 1);
	for (i = 1; i < VMS; i++) {
		ktap_expect(t, !bo[i]->evicted);
		ktap_expect_eq(t, lock_and_validate(gt, vm[i]), 0);
		expect_validated(t, bo[i], 0);
	}

	/* drm_gpuvm_bo_evict() changes one VM only. */
	for (i = 0; i < VMS; i++) {
		struct drm_exec exec;

		gt_lock(gt, &exec, vm[i], obj);
		drm_gpuvm_bo_evict(bo[i], true);
		gt_unlock(&exec);
		for (j = 0; j < VMS; j++)
			ktap_expect_eq(t, bo[j]->evicted, i == j);
		ktap_expect_eq(t, lock_and_validate(gt, vm[i]), 0);
		expect_validated(t, bo[i], i ? 1 : 2);
	}
	for (i = 0; i < VMS; i++)
		gt_put(gt, bo[i]);
}

static void several_vms_in_each_mode(struct ktap *t)
{
	in_each_mode(t, several_vms);
}

/* An evicted object that is freed leaves the list. */
static void gone_while_evicted(struct ktap *t, const struct gt_vm_args *mode)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm_new(gt, mode);
	struct drm_gem_object *ext = gt_extobj(gt), *local = gt_local(gt, vm);
	struct drm_gpuvm_bo *e = gt_obtain_ext(gt, vm, ext);
	struct drm_gpuvm_bo *l = gt_obtain_ext(gt, vm, local);
	unsigned int total;

	gt_evict(gt, ext, true);
	gt_evict(gt, local, true);
	/*
	 * In the mode that adds external objects late: put them on the evicted list
	 * first.
	 */
	ktap_expect_eq(t, locked(gt, vm, ext, &total), 1);
	ktap_expect(t, gt_put(gt, e));
	ktap_expect(t, gt_put(gt, l));
	ktap_expect_eq(t, lock_and_validate(gt, vm), 0);
	ktap_expect_eq(t, locked(gt, vm, ext, &total), 0);
	drm_gpuvm_put(vm);
	ktap_expect_eq(t, atomic_read(&gt->vms), 0);
}

static void gone_while_evicted_in_each_mode(struct ktap *t)
{
	in_each_mode(t, gone_while_evicted);
}

static int validate_sees_locks(struct drm_gpuvm_bo *vm_bo,
			       struct drm_exec *exec)
{
	struct gt_vm *vm = to_gt_vm(vm_bo->vm);

	ktap_expect_ptr_eq(vm->gt->t, exec, vm->priv);
	ktap_expect(vm->gt->t, dma_resv_is_locked(drm_gpuvm_resv(vm_bo->vm)));
	ktap_expect(vm->gt->t, dma_resv_is_locked(vm_bo->obj->resv));
	to_gt_bo(vm_bo)->validated++;
	drm_gpuvm_bo_evict(vm_bo, false);
	return 0;
}

/* The callback gets the driver's argument, and everything is locked. */
static void callback_context(struct ktap *t, const struct gt_vm_args *mode)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, mode);
	struct drm_gem_object *ext = gt_extobj(gt), *local = gt_local(gt, vm);
	struct drm_gpuvm_bo *e = gt_obtain_ext(gt, vm, ext);
	struct drm_gpuvm_bo *l = gt_obtain_ext(gt, vm, local);
	struct drm_gpuvm_exec exec = { .vm = vm };

	gt_evict(gt, ext, true);
	gt_evict(gt, local, true);
	to_gt_vm(vm)->validate = validate_sees_locks;
	to_gt_vm(vm)->priv = &exec.exec;
	ktap_assert_eq(t, drm_gpuvm_exec_lock(&exec), 0);
	ktap_expect_eq(t, drm_gpuvm_validate(vm, &exec.exec), 0);
	drm_gpuvm_exec_unlock(&exec);
	expect_validated(t, e, 1);
	expect_validated(t, l, 1);
	gt_put(gt, e);
	gt_put(gt, l);
}

static void callback_context_in_each_mode(struct ktap *t)
{
	in_each_mode(t, callback_context);
}

/* A driver may lock an external object itself; the rules for validating are the same. */
static void external_joins_in_prepare(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, &gt_resv_mode);
	struct drm_gem_object *ext = gt_extobj(gt);
	struct drm_gpuvm_bo *e = gt_obtain_ext(gt, vm, ext);
	struct drm_exec exec;

	gt_evict(gt, ext, true);
	gt_lock(gt, &exec, vm, ext);
	/* Only drm_gpuvm_prepare_objects() puts the object on the list. */
	ktap_expect_eq(t, drm_gpuvm_validate(vm, &exec), 0);
	expect_validated(t, e, 0);
	ktap_expect(t, e->evicted);
	ktap_expect_eq(t, drm_gpuvm_prepare_objects(vm, &exec, 0), 0);
	ktap_expect_eq(t, drm_gpuvm_validate(vm, &exec), 0);
	expect_validated(t, e, 1);
	ktap_expect(t, !e->evicted);
	/* The object has left the list again. */
	ktap_expect_eq(t, drm_gpuvm_prepare_objects(vm, &exec, 0), 0);
	ktap_expect_eq(t, drm_gpuvm_validate(vm, &exec), 0);
	expect_validated(t, e, 1);
	gt_unlock(&exec);
	gt_put(gt, e);
}

/* With internal locks an eviction puts the object on the list at once. */
static void external_joins_at_once(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, &gt_lock_mode);
	struct drm_gem_object *ext = gt_extobj(gt);
	struct drm_gpuvm_bo *e = gt_obtain(gt, vm, ext);
	struct drm_exec exec;

	/* The object is validated although it was not added as external. */
	gt_evict(gt, ext, true);
	gt_lock(gt, &exec, vm, ext);
	ktap_expect_eq(t, drm_gpuvm_validate(vm, &exec), 0);
	expect_validated(t, e, 1);
	gt_unlock(&exec);
	gt_put(gt, e);
}

/*
 * Other threads may evict objects, make them resident and drop them, with the locks of
 * the mode, while one thread locks and validates.
 */
struct churn {
	struct gt *gt;
	struct drm_gpuvm *vm;
	struct drm_gem_object *obj[OBJS];
	atomic_t stop;
	atomic_t validated;
};

static int churn_validate(struct drm_gpuvm_bo *vm_bo, struct drm_exec *exec)
{
	struct gt_vm *vm = to_gt_vm(vm_bo->vm);
	struct churn *c = vm->priv;

	atomic_inc(&c->validated);
	/* Skip an object that was evicted after the others were locked. */
	if (ww_mutex_is_locked(&vm_bo->obj->resv->lock) &&
	    READ_ONCE(vm_bo->obj->resv->lock.ctx) == &exec->ticket)
		drm_gpuvm_bo_evict(vm_bo, false);
	return 0;
}

static void churn_validates(void *arg)
{
	struct churn *c = arg;

	while (!atomic_read(&c->stop)) {
		lock_and_validate(c->gt, c->vm);
		cond_resched();
	}
}

static void churn_objects(struct churn *c, unsigned int from)
{
	struct drm_gpuvm_bo *bo[OBJS] = {};
	unsigned int i, round;

	for (round = 0; round < 300; round++) {
		for (i = from; i < OBJS; i += 2) {
			bo[i] = gt_obtain_ext(c->gt, c->vm, c->obj[i]);
			gt_evict(c->gt, c->obj[i], true);
		}
		if (round % 8 == 0)
			usleep_range(50, 100);
		for (i = from; i < OBJS; i += 2) {
			gt_evict(c->gt, c->obj[i], round & 1);
			gt_put(c->gt, bo[i]);
		}
	}
}

static void churn_even(void *arg)
{
	churn_objects(arg, 0);
}

static void churn_odd(void *arg)
{
	churn_objects(arg, 1);
}

static void churn(struct ktap *t, const struct gt_vm_args *mode)
{
	static void (*const fn[])(void *arg) = {
		churn_even, churn_odd, churn_validates,
	};
	struct churn *c = ktap_kzalloc(t, sizeof(*c));
	struct ktap_thread *thread = ktap_kzalloc(t, 3 * sizeof(*thread));
	struct gt *gt = to_gt(t);
	unsigned int i, total;

	c->gt = gt;
	c->vm = gt_vm(gt, mode);
	to_gt_vm(c->vm)->validate = churn_validate;
	to_gt_vm(c->vm)->priv = c;
	for (i = 0; i < OBJS; i++)
		c->obj[i] = gt_extobj(gt);
	for (i = 0; i < 3; i++)
		ktap_expect_eq(t, ktap_thread_start(&thread[i], fn[i], c,
						    "churn"), 0);
	ktap_thread_join(&thread[0]);
	ktap_thread_join(&thread[1]);
	atomic_set(&c->stop, 1);
	ktap_thread_join(&thread[2]);
	ktap_expect_gt(t, atomic_read(&c->validated), 0);
	ktap_expect_eq(t, atomic_read(&gt->vm_bos), 0);
	locked(gt, c->vm, NULL, &total);
	ktap_expect_eq(t, total, 1);
}

static void concurrent_churn(struct ktap *t)
{
	in_each_mode(t, churn);
}

#ifndef NGV_SELFTEST_MAINLINE
/*
 * A callback drops the last reference to its vm_bo and marks the object as resident.
 * The vm_bo is freed once, after the callback.  Mainline frees the vm_bo under the
 * callback, unless the lists have internal locks.
 */
static int validate_and_drop(struct drm_gpuvm_bo *vm_bo, struct drm_exec *exec)
{
	struct gt_vm *vm = to_gt_vm(vm_bo->vm);
	int bos = atomic_read(&vm->gt->vm_bos);

	ktap_expect(vm->gt->t, gt_put_locked(vm_bo));
	drm_gpuvm_bo_evict(vm_bo, false);
	drm_gpuvm_bo_extobj_add(vm_bo);
	drm_gpuvm_bo_evict(vm_bo, true);
	ktap_expect_eq(vm->gt->t, atomic_read(&vm->gt->vm_bos), bos);
	return 0;
}

static void callback_drops(struct ktap *t, const struct gt_vm_args *mode)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm_new(gt, mode);
	struct drm_gem_object *obj[OBJS];
	unsigned int i, total;

	to_gt_vm(vm)->validate = validate_and_drop;
	for (i = 0; i < OBJS; i++) {
		obj[i] = i % 2 ? gt_local(gt, vm) : gt_extobj(gt);
		gt_obtain_ext(gt, vm, obj[i]);
		gt_evict(gt, obj[i], true);
	}
	ktap_expect_eq(t, lock_and_validate(gt, vm), 0);
	gt_cleanup(vm);
	ktap_expect_eq(t, atomic_read(&gt->vm_bos), 0);
	locked(gt, vm, NULL, &total);
	ktap_expect_eq(t, total, 1);
	drm_gpuvm_put(vm);
	ktap_expect_eq(t, atomic_read(&gt->vms), 0);
}

static void callback_drops_its_vm_bo(struct ktap *t)
{
	in_each_mode(t, callback_drops);
}

/*
 * Immediate mode: an object whose vm_bo waits for the cleanup is not locked and not
 * validated.  If the object is mapped again meanwhile, it is locked once.
 */
static void retired(struct ktap *t, const struct gt_vm_args *mode)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, mode);
	struct drm_gem_object *again = gt_extobj(gt), *gone = gt_extobj(gt);
	struct drm_gem_object *local = gt_local(gt, vm);
	struct drm_gem_object *all[] = { again, gone, local };
	struct drm_gpuvm_bo *bo;
	unsigned int i, total;

	if (!gt_immediate(vm))
		return;
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		bo = gt_obtain_ext(gt, vm, all[i]);
		gt_evict(gt, all[i], true);
		/* Puts evicted external objects on the list. */
		locked(gt, vm, all[i], &total);
		ktap_expect(t, gt_put_locked(bo));
	}
	ktap_expect_eq(t, atomic_read(&gt->vm_bos), 3);
	ktap_expect_eq(t, locked(gt, vm, gone, &total), 0);
	ktap_expect_eq(t, total, 1);
	bo = gt_obtain_ext(gt, vm, again);
	ktap_expect(t, !bo->evicted);
	ktap_expect_eq(t, locked(gt, vm, again, &total), 1);
	ktap_expect_eq(t, total, 2);
	gt_evict(gt, again, true);
	ktap_expect_eq(t, lock_and_validate(gt, vm), 0);
	expect_validated(t, bo, 1);
	ktap_expect_eq(t, atomic_read(&gt->vm_bos), 4);
	gt_cleanup(vm);
	ktap_expect_eq(t, atomic_read(&gt->vm_bos), 1);
	ktap_expect_eq(t, locked(gt, vm, again, &total), 1);
	ktap_expect_eq(t, total, 2);
	ktap_expect(t, gt_put(gt, bo));
	ktap_expect_eq(t, atomic_read(&gt->vm_bos), 0);
}

static void retired_is_passed_over(struct ktap *t)
{
	in_each_mode(t, retired);
}

/* Lockdep tells the locks of the two lists apart. */
static void lists_have_lock_classes(struct ktap *t)
{
#ifdef CONFIG_DEBUG_LOCK_ALLOC
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &gt_lock_mode);

	ktap_expect(t, vm->extobj.lock.dep_map.key != vm->evict.lock.dep_map.key);
#else
	ktap_skip(t, "this kernel has no lockdep");
#endif
}
#endif

/*
 * Objects that come and go while another thread locks all of them.  Not with the VM's
 * dma-resv, which the other thread holds all the time.
 */
static void come_and_go(struct churn *c, unsigned int from)
{
	unsigned int i, round;

	for (round = 0; round < 1500; round++) {
		struct drm_gem_object *obj;
		struct drm_gpuvm_bo *vm_bo;

		for (i = from; i < OBJS; i += 2) {
			obj = c->obj[i];
			if (gt_immediate(c->vm)) {
				vm_bo = gt_obtain_ext(c->gt, c->vm, obj);
			} else {
				dma_resv_lock(obj->resv, NULL);
				vm_bo = drm_gpuvm_bo_obtain(c->vm, obj);
				if (!IS_ERR(vm_bo))
					drm_gpuvm_bo_extobj_add(vm_bo);
				dma_resv_unlock(obj->resv);
				ktap_assert_ptr(c->gt->t, vm_bo);
			}
			if (round % 16 == 0)
				usleep_range(20, 50);
			if (gt_immediate(c->vm)) {
				gt_put_locked(vm_bo);
				continue;
			}
			dma_resv_lock(obj->resv, NULL);
			drm_gpuvm_bo_put(vm_bo);
			dma_resv_unlock(obj->resv);
		}
		if (round % 8 == 0)
			gt_cleanup(c->vm);
	}
	gt_cleanup(c->vm);
}

static void come_and_go_even(void *arg)
{
	come_and_go(arg, 0);
}

static void come_and_go_odd(void *arg)
{
	come_and_go(arg, 1);
}

static void lock_all_the_time(void *arg)
{
	struct churn *c = arg;

	while (!atomic_read(&c->stop)) {
		struct drm_gpuvm_exec exec = { .vm = c->vm };

		ktap_assert_eq(c->gt->t, drm_gpuvm_exec_lock(&exec), 0);
		atomic_add(exec.exec.num_objects - 1, &c->validated);
		drm_gpuvm_exec_unlock(&exec);
		cond_resched();
	}
}

static void extobjs_come_and_go(struct ktap *t, const struct gt_vm_args *mode)
{
	static void (*const fn[])(void *arg) = {
		come_and_go_even, come_and_go_odd, lock_all_the_time,
	};
	struct churn *c = ktap_kzalloc(t, sizeof(*c));
	struct ktap_thread *thread = ktap_kzalloc(t, 3 * sizeof(*thread));
	struct gt *gt = to_gt(t);
	unsigned int i, total;

	if (mode->flags & DRM_GPUVM_RESV_PROTECTED)
		return;
	c->gt = gt;
	c->vm = gt_vm(gt, mode);
	for (i = 0; i < OBJS; i++)
		c->obj[i] = gt_extobj(gt);
	for (i = 0; i < 3; i++)
		ktap_expect_eq(t, ktap_thread_start(&thread[i], fn[i], c,
						    "extobj"), 0);
	ktap_thread_join(&thread[0]);
	ktap_thread_join(&thread[1]);
	atomic_set(&c->stop, 1);
	ktap_thread_join(&thread[2]);
	ktap_expect_gt(t, atomic_read(&c->validated), 0);
	ktap_expect_eq(t, atomic_read(&gt->vm_bos), 0);
	locked(gt, c->vm, NULL, &total);
	ktap_expect_eq(t, total, 1);
}

static void concurrent_extobjs(struct ktap *t)
{
	in_each_mode(t, extobjs_come_and_go);
}

static const struct ktap_case gpuvm_lists_cases[] = {
	KTAP_CASE(extobj_add_in_each_mode),
	KTAP_CASE(extobj_walks_in_each_mode),
	KTAP_CASE(extobj_many_in_each_mode),
	KTAP_CASE(validate_without_callback),
	KTAP_CASE(evicted_is_validated_in_each_mode),
	KTAP_CASE(stays_until_unevicted_in_each_mode),
	KTAP_CASE(failed_validation_in_each_mode),
	KTAP_CASE(several_vms_in_each_mode),
	KTAP_CASE(gone_while_evicted_in_each_mode),
	KTAP_CASE(callback_context_in_each_mode),
	KTAP_CASE(external_joins_in_prepare),
	KTAP_CASE(external_joins_at_once),
#ifndef NGV_SELFTEST_MAINLINE
	KTAP_CASE(callback_drops_its_vm_bo),
	KTAP_CASE(retired_is_passed_over),
	KTAP_CASE(lists_have_lock_classes),
#endif
	GT_LONG_CASE(concurrent_churn),
	GT_LONG_CASE(concurrent_extobjs),
	{}
};

const struct ktap_suite gpuvm_lists_suite = {
	.name = "gpuvm_lists",
	.init = gt_init,
	.cases = gpuvm_lists_cases,
};
