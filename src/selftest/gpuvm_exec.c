// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Tests of locking a VM with all its objects, and of adding fences to them

#include <linux/delay.h>
#include <linux/dma-fence.h>
#include <linux/sched/signal.h>

#include "gpuvm_util.h"
#include "suites.h"

#define OBJS	4

/* A VM with external objects and one private object, and objects of no VM */
struct rig {
	struct gt *gt;
	struct drm_gpuvm *vm;
	struct drm_gem_object *ext[OBJS];
	struct drm_gem_object *local;
	struct drm_gem_object *stranger[2];
	struct drm_gpuvm_bo *bo[OBJS + 1];
};

static void rig_done(void *arg)
{
	struct rig *r = arg;
	unsigned int i;

	for (i = 0; i < OBJS + 1; i++)
		gt_put(r->gt, r->bo[i]);
}

static struct rig *rig_new(struct ktap *t, const struct gt_vm_args *mode)
{
	struct rig *r = ktap_kzalloc(t, sizeof(*r));
	unsigned int i;

	r->gt = to_gt(t);
	r->vm = gt_vm(r->gt, mode);
	r->local = gt_local(r->gt, r->vm);
	for (i = 0; i < ARRAY_SIZE(r->stranger); i++)
		r->stranger[i] = gt_extobj(r->gt);
	for (i = 0; i < OBJS; i++) {
		r->ext[i] = gt_extobj(r->gt);
		r->bo[i] = gt_obtain_ext(r->gt, r->vm, r->ext[i]);
	}
	r->bo[OBJS] = gt_obtain_ext(r->gt, r->vm, r->local);
	ktap_defer(t, rig_done, r);
	return r;
}

/* Checks whether the VM is locked and how many of its external objects are. */
static void expect_locked(struct ktap *t, struct rig *r, bool vm,
			  unsigned int ext)
{
	unsigned int i, n = 0;

	for (i = 0; i < OBJS; i++)
		n += dma_resv_is_locked(r->ext[i]->resv);
	ktap_expect_eq(t, n, ext);
	ktap_expect_eq(t, dma_resv_is_locked(drm_gpuvm_resv(r->vm)), vm);
}

static void lock_takes_vm_and_external(struct ktap *t)
{
	static const unsigned int fences[] = { 0, 1, 5 };
	unsigned int i, j, n;

	for (i = 0; i < ARRAY_SIZE(gt_modes) * ARRAY_SIZE(fences); i++) {
		struct rig *r = rig_new(t, gt_modes[i % GT_MODES]);
		struct drm_gpuvm_exec exec = {
			.vm = r->vm, .num_fences = fences[i / GT_MODES],
		};
		struct drm_gem_object *obj;

		expect_locked(t, r, false, 0);
		ktap_assert_eq(t, drm_gpuvm_exec_lock(&exec), 0);
		expect_locked(t, r, true, OBJS);
		ktap_expect(t, !dma_resv_is_locked(r->stranger[0]->resv));
		n = 0;
		drm_exec_for_each_locked_object(&exec.exec, obj) {
			bool known = obj == drm_gpuvm_resv_obj(r->vm);

			for (j = 0; j < OBJS; j++)
				known |= obj == r->ext[j];
			ktap_expect(t, known);
			n++;
		}
		ktap_expect_eq(t, n, OBJS + 1);
		drm_gpuvm_exec_unlock(&exec);
		expect_locked(t, r, false, 0);
	}
}

static void prepare_vm_takes_the_vm(struct ktap *t)
{
	struct rig *r = rig_new(t, &gt_lock_mode);
	struct drm_exec exec;
	unsigned int fences;
	int ret = 0;

	for (fences = 0; fences < 3; fences++) {
		drm_exec_init(&exec, 0, 0);
		drm_exec_until_all_locked(&exec) {
			ret = drm_gpuvm_prepare_vm(r->vm, &exec, fences);
			drm_exec_retry_on_contention(&exec);
			ktap_expect_eq(t, ret, 0);
			expect_locked(t, r, true, 0);
			ret = drm_gpuvm_prepare_vm(r->vm, &exec, fences);
			drm_exec_retry_on_contention(&exec);
			if (ret)
				break;
		}
		ktap_expect_eq(t, ret, -EALREADY);
		drm_exec_fini(&exec);
		expect_locked(t, r, false, 0);
	}
}

static void prepare_objects_takes_the_objects(struct ktap *t)
{
	struct rig *r = rig_new(t, &gt_lock_mode);
	struct drm_exec exec;
	unsigned int fences;
	int ret = 0;

	for (fences = 0; fences < 3; fences++) {
		drm_exec_init(&exec, 0, 0);
		drm_exec_until_all_locked(&exec) {
			ret = drm_gpuvm_prepare_objects(r->vm, &exec, fences);
			drm_exec_retry_on_contention(&exec);
			if (ret)
				break;
		}
		ktap_expect_eq(t, ret, 0);
		expect_locked(t, r, false, OBJS);
		drm_exec_fini(&exec);
		expect_locked(t, r, false, 0);
	}
}

/* Adds fences of different timelines, which need a slot each. */
static void add_fences(struct ktap *t, struct drm_gpuvm_exec *exec,
		       unsigned int count)
{
	struct gt *gt = to_gt(t);

	while (count--) {
		u64 context = dma_fence_context_alloc(1);

		drm_gpuvm_exec_resv_add_fence(exec,
					      fixture_fence(gt->fx, context, 1),
					      DMA_RESV_USAGE_BOOKKEEP,
					      DMA_RESV_USAGE_BOOKKEEP);
	}
}

static unsigned int count_fences(struct dma_resv *resv,
				 enum dma_resv_usage usage)
{
	struct dma_resv_iter cursor;
	struct dma_fence *fence;
	unsigned int n = 0;

	dma_resv_lock(resv, NULL);
	dma_resv_for_each_fence(&cursor, resv, usage, fence)
		n++;
	dma_resv_unlock(resv);
	return n;
}

/* Every object has room for the requested number of fences. */
static void fences_are_reserved(struct ktap *t)
{
	enum { FENCES = 9 };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(gt_modes); i++) {
		struct rig *r = rig_new(t, gt_modes[i]);
		struct drm_gpuvm_exec exec = {
			.vm = r->vm, .num_fences = FENCES,
		};

		ktap_assert_eq(t, drm_gpuvm_exec_lock_array(&exec, r->stranger,
							    ARRAY_SIZE(r->stranger)), 0);
		add_fences(t, &exec, FENCES);
		drm_gpuvm_exec_unlock(&exec);
		for (j = 0; j < OBJS; j++)
			ktap_expect_eq(t, count_fences(r->ext[j]->resv,
						       DMA_RESV_USAGE_BOOKKEEP), FENCES);
		ktap_expect_eq(t, count_fences(drm_gpuvm_resv(r->vm),
					       DMA_RESV_USAGE_BOOKKEEP), FENCES);
		for (j = 0; j < ARRAY_SIZE(r->stranger); j++)
			ktap_expect_eq(t, count_fences(r->stranger[j]->resv,
						       DMA_RESV_USAGE_BOOKKEEP), FENCES);
	}
}

static void fences_are_reserved_in_range(struct ktap *t)
{
	enum { FENCES = 6 };
	struct rig *r = rig_new(t, &gt_lock_mode);
	struct drm_gpuvm_exec exec = { .vm = r->vm, .num_fences = FENCES };

	gt_va_link(r->gt, r->vm, START, PAGE, r->ext[0], 0);
	gt_va_link(r->gt, r->vm, START + PAGE, PAGE, r->ext[1], 0);
	ktap_assert_eq(t, drm_gpuvm_exec_lock_range(&exec, START, 2 * PAGE), 0);
	add_fences(t, &exec, FENCES);
	drm_gpuvm_exec_unlock(&exec);
	ktap_expect_eq(t, count_fences(r->ext[0]->resv,
				       DMA_RESV_USAGE_BOOKKEEP), FENCES);
	ktap_expect_eq(t, count_fences(r->ext[1]->resv,
				       DMA_RESV_USAGE_BOOKKEEP), FENCES);
	ktap_expect_eq(t, count_fences(r->ext[2]->resv,
				       DMA_RESV_USAGE_BOOKKEEP), 0);
}

static void private_and_extobj_usage(struct ktap *t)
{
	static const struct {
		enum dma_resv_usage priv;
		enum dma_resv_usage ext;
	} use[] = {
		{ DMA_RESV_USAGE_BOOKKEEP, DMA_RESV_USAGE_WRITE },
		{ DMA_RESV_USAGE_WRITE, DMA_RESV_USAGE_BOOKKEEP },
		{ DMA_RESV_USAGE_READ, DMA_RESV_USAGE_READ },
		{ DMA_RESV_USAGE_KERNEL, DMA_RESV_USAGE_READ },
	};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(use); i++) {
		struct rig *r = rig_new(t, gt_modes[i % GT_MODES]);
		struct drm_gem_object *more[] = { r->local, r->stranger[0] };
		struct drm_gpuvm_exec exec = {
			.vm = r->vm, .num_fences = 2,
			.flags = DRM_EXEC_IGNORE_DUPLICATES,
		};
		u64 context = dma_fence_context_alloc(1);
		struct dma_fence *fence = fixture_fence(r->gt->fx, context, 1);
		enum dma_resv_usage u;

		ktap_assert_eq(t, drm_gpuvm_exec_lock_array(&exec, more,
							    ARRAY_SIZE(more)),
			       0);
		if (i % 2)
			drm_gpuvm_exec_resv_add_fence(&exec, fence, use[i].priv,
						      use[i].ext);
		else
			drm_gpuvm_resv_add_fence(r->vm, &exec.exec, fence,
						 use[i].priv, use[i].ext);
		drm_gpuvm_exec_unlock(&exec);

		for (u = DMA_RESV_USAGE_KERNEL; u <= DMA_RESV_USAGE_BOOKKEEP;
		     u++) {
			struct dma_resv *resv = drm_gpuvm_resv(r->vm);

			ktap_expect_eq(t, count_fences(resv, u),
				       u >= use[i].priv);
			for (j = 0; j < OBJS; j++)
				ktap_expect_eq(t, count_fences(r->ext[j]->resv,
							       u),
					       u >= use[i].ext);
			/* Not the VM's dma-resv, so the object counts as external. */
			ktap_expect_eq(t, count_fences(r->stranger[0]->resv, u),
				       u >= use[i].ext);
			ktap_expect_eq(t, count_fences(r->stranger[1]->resv, u),
				       0);
		}
	}
}

/* --- extra objects ------------------------------------------------------- */

static void array_is_locked_too(struct ktap *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gt_modes); i++) {
		struct rig *r = rig_new(t, gt_modes[i]);
		struct drm_gpuvm_exec exec = { .vm = r->vm, .num_fences = 1 };
		struct drm_gem_object *twice[] = {
			r->stranger[0], r->ext[1],
		};

		ktap_assert_eq(t, drm_gpuvm_exec_lock_array(&exec, r->stranger,
							    ARRAY_SIZE(r->stranger)), 0);
		expect_locked(t, r, true, OBJS);
		ktap_expect(t, dma_resv_is_locked(r->stranger[0]->resv));
		ktap_expect(t, dma_resv_is_locked(r->stranger[1]->resv));
		drm_gpuvm_exec_unlock(&exec);
		expect_locked(t, r, false, 0);
		ktap_expect(t, !dma_resv_is_locked(r->stranger[0]->resv));

		/* An object that the VM has already: an error without the flag */
		ktap_expect_eq(t, drm_gpuvm_exec_lock_array(&exec, twice,
							    ARRAY_SIZE(twice)), -EALREADY);
		expect_locked(t, r, false, 0);
		ktap_expect(t, !dma_resv_is_locked(r->stranger[0]->resv));
		exec.flags = DRM_EXEC_IGNORE_DUPLICATES;
		ktap_assert_eq(t, drm_gpuvm_exec_lock_array(&exec, twice,
							    ARRAY_SIZE(twice)), 0);
		expect_locked(t, r, true, OBJS);
		drm_gpuvm_exec_unlock(&exec);

		/* No additional objects */
		ktap_assert_eq(t, drm_gpuvm_exec_lock_array(&exec, NULL, 0), 0);
		expect_locked(t, r, true, OBJS);
		drm_gpuvm_exec_unlock(&exec);
	}
}

static void array_without_fences(struct ktap *t)
{
	struct rig *r = rig_new(t, &gt_lock_mode);
	struct drm_gpuvm_exec exec = { .vm = r->vm };

	if (gt_differs(t, GT_DIFF_LOCK_ARRAY))
		return;
	ktap_assert_eq(t, drm_gpuvm_exec_lock_array(&exec, r->stranger,
						    ARRAY_SIZE(r->stranger)), 0);
	expect_locked(t, r, true, OBJS);
	ktap_expect(t, dma_resv_is_locked(r->stranger[1]->resv));
	drm_gpuvm_exec_unlock(&exec);
}

struct extra {
	struct ktap *t;
	struct rig *r;
	unsigned int calls;
	int ret;
};

static int extra_fn(struct drm_gpuvm_exec *exec)
{
	struct extra *x = exec->extra.priv;

	x->calls++;
	expect_locked(x->t, x->r, true, OBJS);
	if (x->ret)
		return x->ret;
	return drm_exec_prepare_obj(&exec->exec, x->r->stranger[0],
				    exec->num_fences);
}

/* One call for each round.  A kernel that simulates contention has more rounds. */
static void expect_calls(struct ktap *t, struct extra *x, unsigned int calls)
{
	if (IS_ENABLED(CONFIG_DEBUG_WW_MUTEX_SLOWPATH))
		ktap_expect_gt(t, x->calls, calls - 1);
	else
		ktap_expect_eq(t, x->calls, calls);
}

static void extra_callback(struct ktap *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gt_modes); i++) {
		struct rig *r = rig_new(t, gt_modes[i]);
		struct extra x = { .t = t, .r = r };
		struct drm_gpuvm_exec exec = {
			.vm = r->vm, .num_fences = 1,
			.extra = { .fn = extra_fn, .priv = &x },
		};

		ktap_assert_eq(t, drm_gpuvm_exec_lock(&exec), 0);
		expect_calls(t, &x, 1);
		expect_locked(t, r, true, OBJS);
		ktap_expect(t, dma_resv_is_locked(r->stranger[0]->resv));
		drm_gpuvm_exec_unlock(&exec);
		expect_locked(t, r, false, 0);

		x.ret = -EPERM;
		ktap_expect_eq(t, drm_gpuvm_exec_lock(&exec), -EPERM);
		expect_calls(t, &x, 2);
		expect_locked(t, r, false, 0);
		ktap_expect(t, !dma_resv_is_locked(r->stranger[0]->resv));

		/* The failure has no effect on the next call. */
		x.ret = 0;
		ktap_assert_eq(t, drm_gpuvm_exec_lock(&exec), 0);
		expect_calls(t, &x, 3);
		drm_gpuvm_exec_unlock(&exec);
	}
}

/* --- ranges -------------------------------------------------------------- */

static void range_takes_what_is_mapped(struct ktap *t)
{
	struct rig *r = rig_new(t, &gt_lock_mode);
	struct drm_gpuvm_exec exec = { .vm = r->vm };
	struct drm_exec bare;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < OBJS; i++)
		gt_va_link(r->gt, r->vm, START + 4 * i * PAGE, 2 * PAGE,
			   r->ext[i], 0);
	gt_va_insert(r->gt, r->vm, START + 2 * PAGE, PAGE, NULL, 0);

	for (exec.num_fences = 0; exec.num_fences < 3; exec.num_fences++) {
		/*
		 * The second half of object 0, a mapping without object, all of 1, the
		 * first half of 2
		 */
		ktap_assert_eq(t, drm_gpuvm_exec_lock_range(&exec, START + PAGE,
							    8 * PAGE), 0);
		expect_locked(t, r, false, 3);
		ktap_expect(t, !dma_resv_is_locked(r->ext[3]->resv));
		drm_gpuvm_exec_unlock(&exec);
		expect_locked(t, r, false, 0);

		ktap_assert_eq(t, drm_gpuvm_exec_lock_range(&exec,
							    START + 2 * PAGE, 2 * PAGE), 0);
		expect_locked(t, r, false, 0);
		drm_gpuvm_exec_unlock(&exec);

		ktap_assert_eq(t, drm_gpuvm_exec_lock_range(&exec,
							    START + 4 * PAGE, 1), 0);
		expect_locked(t, r, false, 1);
		ktap_expect(t, dma_resv_is_locked(r->ext[1]->resv));
		drm_gpuvm_exec_unlock(&exec);

		drm_exec_init(&bare, 0, 0);
		drm_exec_until_all_locked(&bare) {
			ret = drm_gpuvm_prepare_range(r->vm, &bare, START,
						      64 * PAGE,
						      exec.num_fences);
			drm_exec_retry_on_contention(&bare);
			if (ret)
				break;
		}
		ktap_expect_eq(t, ret, 0);
		expect_locked(t, r, false, OBJS);
		drm_exec_fini(&bare);
	}
}

static void range_with_duplicates(struct ktap *t)
{
	struct rig *r = rig_new(t, &gt_lock_mode);
	struct drm_gpuvm_exec exec = { .vm = r->vm };
	unsigned int i;

	for (i = 0; i < 3 * OBJS; i++)
		gt_va_link(r->gt, r->vm, START + i * PAGE, PAGE,
			   r->ext[i / 2 % OBJS], 0);
	ktap_expect_eq(t, drm_gpuvm_exec_lock_range(&exec, START, 2 * PAGE),
		       -EALREADY);
	expect_locked(t, r, false, 0);
	exec.flags = DRM_EXEC_IGNORE_DUPLICATES;
	ktap_assert_eq(t, drm_gpuvm_exec_lock_range(&exec, START, 2 * PAGE), 0);
	expect_locked(t, r, false, 1);
	drm_gpuvm_exec_unlock(&exec);
	exec.num_fences = 2;
	ktap_assert_eq(t, drm_gpuvm_exec_lock_range(&exec, START, 12 * PAGE),
		       0);
	expect_locked(t, r, false, OBJS);
	ktap_expect_eq(t, exec.exec.num_objects, OBJS);
	add_fences(t, &exec, 2);
	drm_gpuvm_exec_unlock(&exec);
	expect_locked(t, r, false, 0);
}

/* Objects that share the VM's dma-resv need only one lock. */
static void range_of_local_objects(struct ktap *t)
{
	struct rig *r = rig_new(t, &gt_lock_mode);
	struct drm_gpuvm_exec exec = {
		.vm = r->vm, .flags = DRM_EXEC_IGNORE_DUPLICATES,
	};
	unsigned int i;

	for (i = 0; i < 4; i++)
		gt_va_link(r->gt, r->vm, START + i * PAGE, PAGE,
			   i % 2 ? r->local : gt_local(r->gt, r->vm), 0);
	ktap_assert_eq(t, drm_gpuvm_exec_lock_range(&exec, START, 4 * PAGE), 0);
	expect_locked(t, r, true, 0);
	drm_gpuvm_exec_unlock(&exec);
	expect_locked(t, r, false, 0);
	exec.flags = 0;
	ktap_expect_eq(t, drm_gpuvm_exec_lock_range(&exec, START, 4 * PAGE),
		       -EALREADY);
	expect_locked(t, r, false, 0);
}

/* --- contention ---------------------------------------------------------- */

/* In the first round, each side holds the object that the other side locks next. */
struct side {
	struct gt *gt;
	struct drm_gpuvm *vm;
	struct drm_gem_object *wanted;
	struct completion *mine;
	struct completion *theirs;
	unsigned int calls;
	int ret;
};

static int side_extra(struct drm_gpuvm_exec *exec)
{
	struct side *s = exec->extra.priv;

	if (!s->calls++) {
		complete(s->mine);
		wait_for_completion(s->theirs);
	}
	return drm_exec_prepare_obj(&exec->exec, s->wanted, 1);
}

static void side_run(void *arg)
{
	struct side *s = arg;
	struct drm_gpuvm_exec exec = {
		.vm = s->vm, .num_fences = 1,
		.extra = { .fn = side_extra, .priv = s },
	};

	s->ret = drm_gpuvm_exec_lock(&exec);
	if (!s->ret)
		drm_gpuvm_exec_unlock(&exec);
}

static void crossed_locks_back_off(struct ktap *t)
{
	struct side *s = ktap_kzalloc(t, 2 * sizeof(*s));
	struct ktap_thread *thread = ktap_kzalloc(t, 2 * sizeof(*thread));
	struct completion *ready = ktap_kzalloc(t, 2 * sizeof(*ready));
	struct gt *gt = to_gt(t);
	unsigned int mode, i;

	for (mode = 0; mode < ARRAY_SIZE(gt_modes); mode++) {
		struct drm_gem_object *obj[] = { gt_extobj(gt), gt_extobj(gt) };
		struct drm_gpuvm_bo *bo[2];

		for (i = 0; i < 2; i++) {
			init_completion(&ready[i]);
			s[i] = (struct side){
				.gt = gt, .vm = gt_vm(gt, gt_modes[mode]),
				.wanted = obj[!i], .mine = &ready[i],
				.theirs = &ready[!i],
			};
			bo[i] = gt_obtain_ext(gt, s[i].vm, obj[i]);
		}
		for (i = 0; i < 2; i++)
			ktap_expect_eq(t, ktap_thread_start(&thread[i],
							    side_run, &s[i], "side"), 0);
		for (i = 0; i < 2; i++)
			ktap_thread_join(&thread[i]);
		ktap_expect_eq(t, s[0].ret, 0);
		ktap_expect_eq(t, s[1].ret, 0);
		/* At least one side had to unlock everything and start again. */
		if (IS_ENABLED(CONFIG_DEBUG_WW_MUTEX_SLOWPATH))
			ktap_expect_gt(t, s[0].calls + s[1].calls, 2);
		else
			ktap_expect_eq(t, s[0].calls + s[1].calls, 3);
		for (i = 0; i < 2; i++) {
			ktap_expect(t, !dma_resv_is_locked(obj[i]->resv));
			gt_put(gt, bo[i]);
		}
	}
}

/* Counters that the locks protect; two threads at once would lose an update. */
struct fight {
	struct gt *gt;
	struct drm_gem_object *obj[OBJS];
	unsigned long count[OBJS];
};

struct fighter {
	struct fight *f;
	struct drm_gpuvm *vm;
	unsigned int rounds;
};

static void fighter_run(void *arg)
{
	struct fighter *me = arg;
	struct fight *f = me->f;
	unsigned int i, round;

	for (round = 0; round < me->rounds; round++) {
		struct drm_gpuvm_exec exec = { .vm = me->vm, .num_fences = 1 };
		unsigned long seen[OBJS];

		if (!ktap_expect_eq(f->gt->t, drm_gpuvm_exec_lock(&exec), 0))
			return;
		for (i = 0; i < OBJS; i++)
			seen[i] = READ_ONCE(f->count[i]);
		if (round % 8 == 0)
			usleep_range(10, 30);
		for (i = 0; i < OBJS; i++)
			WRITE_ONCE(f->count[i], seen[i] + 1);
		drm_gpuvm_exec_unlock(&exec);
	}
}

static void fight_over_shared_objects(struct ktap *t, unsigned int mode)
{
	enum { FIGHTERS = 4, ROUNDS = 500 };
	struct fighter *me = ktap_kzalloc(t, FIGHTERS * sizeof(*me));
	struct ktap_thread *thread;
	struct fight *f = ktap_kzalloc(t, sizeof(*f));
	struct drm_gpuvm *vm[2];
	struct drm_gpuvm_bo *bo[2][OBJS];
	struct gt *gt = to_gt(t);
	unsigned int i;

	thread = ktap_kzalloc(t, FIGHTERS * sizeof(*thread));
	f->gt = gt;
	vm[0] = gt_vm(gt, gt_modes[mode]);
	vm[1] = gt_vm(gt, gt_modes[mode]);
	for (i = 0; i < OBJS; i++)
		f->obj[i] = gt_extobj(gt);
	/* The lists have opposite orders. */
	for (i = 0; i < OBJS; i++) {
		bo[0][i] = gt_obtain_ext(gt, vm[0], f->obj[i]);
		bo[1][i] = gt_obtain_ext(gt, vm[1], f->obj[OBJS - 1 - i]);
	}
	for (i = 0; i < FIGHTERS; i++) {
		me[i] = (struct fighter){
			.f = f, .vm = vm[i % 2], .rounds = ROUNDS,
		};
		ktap_expect_eq(t, ktap_thread_start(&thread[i], fighter_run,
						    &me[i], "fighter"), 0);
	}
	for (i = 0; i < FIGHTERS; i++)
		ktap_thread_join(&thread[i]);
	for (i = 0; i < OBJS; i++) {
		ktap_expect_eq(t, f->count[i], FIGHTERS * ROUNDS);
		ktap_expect(t, !dma_resv_is_locked(f->obj[i]->resv));
		gt_put(gt, bo[0][i]);
		gt_put(gt, bo[1][i]);
	}
}

static void two_vms_share_objects(struct ktap *t)
{
	fight_over_shared_objects(t, 0);
}

static void two_vms_share_objects_resv(struct ktap *t)
{
	fight_over_shared_objects(t, 1);
}

/* --- signals ------------------------------------------------------------- */

struct waiter {
	struct rig *r;
	u32 flags;
	bool range;
	int ret;
};

static void waiter_run(void *arg)
{
	struct waiter *w = arg;
	struct drm_gpuvm_exec exec = { .vm = w->r->vm, .flags = w->flags };

	allow_signal(SIGUSR1);
	if (w->range)
		w->ret = drm_gpuvm_exec_lock_range(&exec, START, 64 * PAGE);
	else
		w->ret = drm_gpuvm_exec_lock(&exec);
	if (!w->ret)
		drm_gpuvm_exec_unlock(&exec);
}

static bool interrupted(int ret)
{
	return ret == -EINTR || ret == -ERESTARTSYS;
}

/* Waits for the last object.  A signal ends the wait if the flag allows it. */
static void waiter_case(struct ktap *t, u32 flags, bool range,
			const struct gt_vm_args *mode)
{
	struct ktap_thread *thread = ktap_kzalloc(t, sizeof(*thread));
	struct waiter *w = ktap_kzalloc(t, sizeof(*w));
	struct rig *r = rig_new(t, mode);
	unsigned int i;
	bool ended;

	w->r = r;
	w->flags = flags;
	w->range = range;
	for (i = 0; range && i < OBJS; i++)
		gt_va_link(r->gt, r->vm, START + i * PAGE, PAGE, r->ext[i], 0);

	dma_resv_lock(r->ext[OBJS - 1]->resv, NULL);
	if (ktap_thread_start(thread, waiter_run, w, "waiter")) {
		dma_resv_unlock(r->ext[OBJS - 1]->resv);
		ktap_fail(t, "no thread");
		return;
	}
	ended = ktap_thread_ended(thread, 50);
	ktap_expect(t, !ended);
	expect_locked(t, r, !range, OBJS);
	send_sig(SIGUSR1, thread->task, 1);
	ended = ktap_thread_ended(thread, flags ? 5000 : 100);
	ktap_expect_eq(t, ended, flags != 0);
	/* After the interruption all other objects are unlocked. */
	expect_locked(t, r, !range && !flags, flags ? 1 : OBJS);
	dma_resv_unlock(r->ext[OBJS - 1]->resv);
	ktap_thread_join(thread);
	if (flags)
		ktap_expect(t, interrupted(w->ret));
	else
		ktap_expect_eq(t, w->ret, 0);
	expect_locked(t, r, false, 0);
}

static void signal_interrupts(struct ktap *t)
{
	waiter_case(t, DRM_EXEC_INTERRUPTIBLE_WAIT, false, &gt_lock_mode);
	waiter_case(t, DRM_EXEC_INTERRUPTIBLE_WAIT, false, &gt_resv_mode);
}

static void signal_interrupts_range(struct ktap *t)
{
	waiter_case(t, DRM_EXEC_INTERRUPTIBLE_WAIT, true, &gt_lock_mode);
}

static void signal_waits_by_default(struct ktap *t)
{
	waiter_case(t, 0, false, &gt_lock_mode);
	waiter_case(t, 0, true, &gt_lock_mode);
}

static const struct ktap_case gpuvm_exec_cases[] = {
	KTAP_CASE(lock_takes_vm_and_external),
	KTAP_CASE(prepare_vm_takes_the_vm),
	KTAP_CASE(prepare_objects_takes_the_objects),
	KTAP_CASE(fences_are_reserved),
	KTAP_CASE(fences_are_reserved_in_range),
	KTAP_CASE(private_and_extobj_usage),
	KTAP_CASE(array_is_locked_too),
	KTAP_CASE(array_without_fences),
	KTAP_CASE(extra_callback),
	KTAP_CASE(range_takes_what_is_mapped),
	KTAP_CASE(range_with_duplicates),
	KTAP_CASE(range_of_local_objects),
	KTAP_CASE(crossed_locks_back_off),
	KTAP_CASE(two_vms_share_objects),
	KTAP_CASE(two_vms_share_objects_resv),
	KTAP_CASE(signal_interrupts),
	KTAP_CASE(signal_interrupts_range),
	KTAP_CASE(signal_waits_by_default),
	{}
};

const struct ktap_suite gpuvm_exec_suite = {
	.name = "gpuvm_exec",
	.init = gt_init,
	.cases = gpuvm_exec_cases,
};
