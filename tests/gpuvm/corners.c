// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// What random requests do not come to: drivers that allocate operations
// themselves, immediate mode, members that leave lists while these are walked,
// memory that fails step by step, and calls that a driver should not make.
// corners: says what is wrong and where, or nothing.

#include <drm/drm_debugfs.h>
#include <drm/drm_exec.h>
#include <drm/drm_gpuvm.h>

#include "check.h"
#include "internal.h"
#include "tree.h"

#define START	0x10000ULL
#define SPACE	(1ULL << 40)
#define PAGE	4096ULL

static struct drm_device drm;
static struct drm_gem_object r_obj;
static struct drm_gpuvm gpuvm, *const vm = &gpuvm;
static struct drm_gpuvm_ops ops;
static unsigned int freed, steps, validated;

static void vm_free(struct drm_gpuvm *gone)
{
	check(gone == vm);
	freed++;
}

static int step(struct drm_gpuva_op *op, void *priv)
{
	steps++;
	return 0;
}

static int validate(struct drm_gpuvm_bo *bo, struct drm_exec *exec)
{
	validated++;
	drm_gpuvm_bo_evict(bo, false);
	return 0;
}

static void begin(enum drm_gpuvm_flags flags)
{
	memset(vm, 0, sizeof(*vm));
	ops = (struct drm_gpuvm_ops) {
		.vm_free = vm_free, .vm_bo_validate = validate,
		.sm_step_map = step, .sm_step_remap = step, .sm_step_unmap = step,
	};
	freed = 0;
	steps = 0;
	validated = 0;
	drm_gpuvm_init(vm, "corners", flags, &drm, &r_obj, START, SPACE, 0, 0, &ops);
}

/* Nothing is left of it but the references that others have. */
static void end(void)
{
	drm_gpuvm_put(vm);
	check(freed == 1);
	check(kref_read(&r_obj.refcount) == 1);
	check(kref_read(&drm.ref) == 1);
	check(kernel_counts.allocs == kernel_counts.frees);
}

static struct drm_gpuva *add(u64 addr, u64 range, struct drm_gem_object *obj)
{
	struct drm_gpuva *va = calloc(1, sizeof(*va));

	drm_gpuva_init(va, addr, range, obj, 0);
	check(!drm_gpuva_insert(vm, va));
	return va;
}

static void drop(struct drm_gpuva *va)
{
	drm_gpuva_remove(va);
	free(va);
}

static void remove_all(void)
{
	struct drm_gpuva *va, *next;

	drm_gpuvm_for_each_va_safe(va, next, vm)
		drop(va);
}

static void init_objs(struct drm_gem_object *obj, unsigned int n)
{
	memset(obj, 0, n * sizeof(*obj));
	while (n--)
		drm_gem_private_object_init(&drm, obj++, 0);
}

static struct drm_gpuvm_bo *obtain(struct drm_gem_object *obj)
{
	struct drm_gpuvm_bo *bo;

	dma_resv_lock(obj->resv, NULL);
	bo = drm_gpuvm_bo_obtain(vm, obj);
	if (drm_gpuvm_resv_protected(vm))
		dma_resv_lock(r_obj.resv, NULL);
	drm_gpuvm_bo_extobj_add(bo);
	if (drm_gpuvm_resv_protected(vm))
		dma_resv_unlock(r_obj.resv);
	dma_resv_unlock(obj->resv);
	return bo;
}

static void set_evicted(struct drm_gpuvm_bo *bo, bool evicted)
{
	dma_resv_lock(bo->obj->resv, NULL);
	drm_gpuvm_bo_evict(bo, evicted);
	dma_resv_unlock(bo->obj->resv);
}

static bool put_locked(struct drm_gpuvm_bo *bo)
{
	struct dma_resv *resv = bo->obj->resv;
	bool last;

	dma_resv_lock(resv, NULL);
	last = drm_gpuvm_bo_put(bo);
	dma_resv_unlock(resv);
	return last;
}

/* ------------------------------------------------------ lists of operations -- */

static unsigned int op_allocs, op_frees;

static struct drm_gpuva_op *op_alloc(void)
{
	struct drm_gpuva_op *op = kzalloc(sizeof(*op), GFP_KERNEL);

	op_allocs += !!op;
	return op;
}

static void op_free(struct drm_gpuva_op *op)
{
	op_frees++;
	kfree(op);
}

static unsigned int length(struct drm_gpuva_ops *list)
{
	struct drm_gpuva_op *op;
	unsigned int n = 0;

	drm_gpuva_for_each_op(op, list)
		n++;
	return n;
}

static const struct drm_gpuvm_map_req middle = {
	.map.va = { .addr = START + 2 * PAGE, .range = 302 * PAGE },
};

static struct drm_gpuva_ops *make(unsigned int which, struct drm_gpuvm_bo *bo)
{
	switch (which) {
	case 0:
		return drm_gpuvm_sm_map_ops_create(vm, middle.map.va.addr, middle.map.va.range,
						   NULL, 0);
	case 1:
		return drm_gpuvm_sm_unmap_ops_create(vm, middle.map.va.addr, middle.map.va.range);
	case 2:
		return drm_gpuvm_prefetch_ops_create(vm, START, SPACE);
	case 3:
		return drm_gpuvm_madvise_ops_create(vm, &middle);
	default:
		return drm_gpuvm_bo_unmap_ops_create(bo);
	}
}

/* With each allocation failing in turn: the list is right or there is none. */
static void lists(bool theirs)
{
	/* Two cut mappings, 300 in between; advice cuts the two alone. */
	static const unsigned int lengths[] = { 303, 302, 302, 4, 1 };
	struct drm_gem_object obj;
	struct drm_gpuva *va, *linked;
	struct drm_gpuvm_bo *bo;
	unsigned int i, which;

	init_objs(&obj, 1);
	begin(0);
	if (theirs) {
		ops.op_alloc = op_alloc;
		ops.op_free = op_free;
		op_allocs = 0;
		op_frees = 0;
	}
	add(START, 3 * PAGE, NULL);
	for (i = 3; i < 303; i++)
		add(START + i * PAGE, PAGE, NULL);
	add(START + 303 * PAGE, 3 * PAGE, NULL);
	linked = add(START + 400 * PAGE, PAGE, &obj);
	drm_gpuva_remove(linked);
	bo = obtain(&obj);
	dma_resv_lock(obj.resv, NULL);
	drm_gpuva_link(linked, bo);
	for (which = 0; which < ARRAY_SIZE(lengths); which++) {
		unsigned long at = 0, was = kernel_counts.allocs - kernel_counts.frees;
		struct drm_gpuva_ops *list;

		do {
			kernel_faults.countdown = ++at;
			list = make(which, bo);
			if (IS_ERR(list)) {
				check(PTR_ERR(list) == -ENOMEM);
				check(!kernel_faults.countdown);
			} else {
				check(length(list) == lengths[which]);
				drm_gpuva_ops_free(vm, list);
			}
			/* The tree's reserve may have grown: it stays. */
			if (!theirs || which)
				check(kernel_counts.allocs - kernel_counts.frees >= was);
		} while (!kernel_faults.countdown);
		kernel_faults.countdown = 0;
		check(at > 1);
	}
	check(op_allocs == op_frees && !op_allocs == !theirs);
	drm_gpuva_unlink(linked);
	/* It is linked no more: nothing to do. */
	drm_gpuva_unlink(linked);
	check(drm_gpuvm_bo_put(bo));
	dma_resv_unlock(obj.resv);
	free(linked);
	drm_gpuvm_for_each_va(va, vm)
		check(va->va.range >= PAGE);
	remove_all();
	end();
}

/*
 * Mappings that are inserted in order fill whole leaves, also in front of others whose
 * leaf is full, and so does what is inserted downwards behind others.
 */
static void runs(void)
{
	static struct drm_gpuva maps[60 + 2800];
	const struct gpuvm_leaf *leaf;
	unsigned int i, down, leaves;

	for (down = 0; down < 2; down++) {
		begin(0);
		for (i = 0; i < ARRAY_SIZE(maps); i++) {
			u64 at = i < 60 ? 1000000 + i : i;

			drm_gpuva_init(&maps[i], START + (down ? 2000000 - at : at) * PAGE, PAGE,
				       NULL, 0);
			check(!drm_gpuva_insert(vm, &maps[i]));
		}
		check(!gpuvm_tree_check(vm));
		leaves = 0;
		for (leaf = gpuvm_first_leaf(gpuvm_tree_of(vm)); leaf; leaf = leaf->next)
			leaves++;
		check(leaves <= ARRAY_SIZE(maps) / GPUVM_LEAF_SIZE + 5);
		for (i = 0; i < ARRAY_SIZE(maps); i++)
			drm_gpuva_remove(&maps[i]);
		end();
	}
}

/* A driver that allocates operations and leaves it to GPUVM to free them. */
static void only_alloc(void)
{
	begin(0);
	ops.op_alloc = op_alloc;
	op_allocs = 0;
	add(START, 3 * PAGE, NULL);
	drm_gpuva_ops_free(vm, drm_gpuvm_sm_unmap_ops_create(vm, START + PAGE, PAGE));
	check(op_allocs == 1);
	remove_all();
	end();
}

/* The last mapping ends at the end of the 64-bit space, and the tree changes under the walk. */
static void top(void)
{
	struct drm_gpuva *va, *last;
	unsigned int n = 0;

	begin(0);
	vm->mm_range = U64_MAX - START;
	add(START, PAGE, NULL);
	last = add(U64_MAX - PAGE, PAGE, NULL);
	drm_gpuvm_for_each_va(va, vm) {
		n++;
		check(n == 1 || va == last);
		gpuvm_tree_of(vm)->changes++;
	}
	check(n == 2);
	remove_all();
	end();
}

/* ------------------------------------------------------------- misuse --------- */

static void misuse(void)
{
	const struct drm_gpuvm_map_req outside = { .map.va = { .addr = 0, .range = PAGE } };
	const struct drm_gpuvm_map_req all = { .map.va = { .addr = START, .range = PAGE } };
	struct drm_gpuva_op_unmap unmap = {};
	struct drm_gpuva_op_map prev = {}, next = {};
	struct drm_gem_object obj;
	struct drm_gpuva_op_remap remap = { .unmap = &unmap, .prev = &prev, .next = &next };
	struct drm_gpuva *va, *lost, *spilled[200], a = {}, b = {};
	unsigned int i;

	begin(0);
	check(PTR_ERR(drm_gpuvm_sm_map_req_ops_create(vm, &outside)) == -EINVAL);
	check(PTR_ERR(drm_gpuvm_madvise_ops_create(vm, &outside)) == -EINVAL);
	check(PTR_ERR(drm_gpuvm_sm_unmap_ops_create(vm, START, 0)) == -EINVAL);
	check(!drm_gpuvm_sm_map_req(vm, NULL, &all) && steps == 1);
	check(drm_gpuvm_sm_map_req(vm, NULL, &outside) == -EINVAL);
	ops.sm_step_map = NULL;
	check(drm_gpuvm_sm_map_req(vm, NULL, &all) == -EINVAL);
	check(!drm_gpuvm_sm_unmap(vm, NULL, START, PAGE));
	ops.sm_step_remap = NULL;
	check(drm_gpuvm_sm_unmap(vm, NULL, START, PAGE) == -EINVAL);
	ops.vm_bo_validate = NULL;
	check(drm_gpuvm_validate(vm, NULL) == -EOPNOTSUPP);
	check(!drm_gpuva_find_first(vm, U64_MAX, 1));
	check(!drm_gpuva_find(vm, U64_MAX, 1));

	/* Its range changed while it is in: it is found nevertheless, as in mainline. */
	add(START + 9 * PAGE, PAGE, NULL);
	va = add(START + PAGE, PAGE, NULL);
	va->va.addr += 20 * PAGE;
	warns(0, drm_gpuva_remove(va));
	check(drm_gpuvm_interval_empty(vm, START, 8 * PAGE));
	/* It is not there any more. */
	warns(1, drm_gpuva_remove(va));
	unmap.va = va;
	prev.va.addr = START + 21 * PAGE;
	prev.va.range = 1;
	remap.next = NULL;
	warns(1, drm_gpuva_remap(&a, NULL, &remap));
	free(va);

	/* The same for those that spilled from their leaf for want of memory. */
	kernel_faults.atomic = 1000;
	for (i = 0; i < ARRAY_SIZE(spilled); i++)
		spilled[i] = add(START + (1000 + 2 * i) * PAGE, PAGE, NULL);
	kernel_faults.atomic = 0;
	for (i = ARRAY_SIZE(spilled) - 1; i > 50; i -= 30) {
		va = spilled[i];
		check(drm_gpuva_find(vm, va->va.addr, PAGE) == va);
		va->va.addr += (i % 60 < 30 ? -900 : 5000) * PAGE;
		warns(1, drop(va));
		check(drm_gpuva_find(vm, START + (998 + 2 * i) * PAGE, PAGE) == spilled[i - 1]);
		check(!gpuvm_tree_check(vm));
	}
	/* No memory to mend it with either, then it is mended. */
	kernel_faults.atomic = 1000;
	kernel_faults.sleeping = 1000;
	check(PTR_ERR(drm_gpuvm_sm_unmap_ops_create(vm, START, PAGE)) == -ENOMEM);
	kernel_faults.atomic = 0;
	kernel_faults.sleeping = 0;
	check(gpuvm_tree_of(vm)->spilled);
	drm_gpuva_ops_free(vm, drm_gpuvm_sm_unmap_ops_create(vm, START, PAGE));
	check(!gpuvm_tree_of(vm)->spilled);

	/* A mapping without an object has no vm_bo. */
	va = add(START + 700 * PAGE, PAGE, NULL);
	drm_gpuva_link(va, NULL);
	check(!va->vm_bo);
	drm_gpuva_unlink(va);
	/* A vm_bo that was never published: its object knows none, before and after. */
	init_objs(&obj, 1);
	dma_resv_lock(obj.resv, NULL);
	check(drm_gpuvm_bo_put(drm_gpuvm_bo_create(vm, &obj)));
	check(!drm_gpuvm_bo_find(vm, &obj));
	dma_resv_unlock(obj.resv);

	/* Parts that do not lie in the whole: removed and inserted. */
	va = add(START + 500 * PAGE, 3 * PAGE, NULL);
	unmap.va = va;
	remap.next = &next;
	prev = (struct drm_gpuva_op_map) { .va = { .addr = START + 600 * PAGE, .range = PAGE } };
	next = (struct drm_gpuva_op_map) { .va = { .addr = START + 502 * PAGE, .range = PAGE } };
	drm_gpuva_remap(&a, &b, &remap);
	check(drm_gpuva_find(vm, START + 600 * PAGE, PAGE) == &a);
	check(drm_gpuva_find(vm, START + 502 * PAGE, PAGE) == &b);
	drm_gpuva_remove(&a);
	drm_gpuva_remove(&b);
	free(va);
	remove_all();
	end();

	/* What is kept from user space, and cannot be; a VM that is not empty. */
	memset(vm, 0, sizeof(*vm));
	warns(1, drm_gpuvm_init(vm, NULL, 0, &drm, &r_obj, START, SPACE, U64_MAX, 2, &ops));
	drm_gpuvm_put(vm);
	memset(vm, 0, sizeof(*vm));
	freed = 0;
	drm_gpuvm_init(vm, NULL, 0, &drm, &r_obj, START, SPACE, START, PAGE, &ops);
	warns(1, drm_gpuva_remove(&vm->kernel_alloc_node));
	/* The mappings hold a reference, which their driver has lost. */
	lost = calloc(2000, sizeof(*lost));
	for (i = 0; i < 2000; i++) {
		drm_gpuva_init(&lost[i], START + (2 + i) * PAGE, PAGE, NULL, 0);
		check(!drm_gpuva_insert(vm, &lost[i]));
	}
	drm_gpuvm_put(vm);
	check(!freed);
	warns(1, drm_gpuvm_put(vm));
	free(lost);
	check(freed == 1);
	check(kernel_counts.allocs == kernel_counts.frees);
}

/* --------------------------------------------------- walks that are disturbed -- */

static struct drm_gpuvm_bo *to_put, *to_evict, *to_return;
static int nested;

static int disturb(struct drm_gpuvm_bo *bo, struct drm_exec *exec)
{
	validated++;
	kernel_quiet = true;
	nested = drm_gpuvm_validate(vm, exec);
	kernel_quiet = false;
	drm_gpuvm_bo_evict(bo, false);
	if (to_evict)
		drm_gpuvm_bo_evict(to_evict, true);
	to_evict = NULL;
	if (to_return)
		drm_gpuvm_bo_evict(to_return, false);
	to_return = NULL;
	if (to_put)
		check(drm_gpuvm_bo_put(to_put));
	to_put = NULL;
	return 0;
}

static void disturbed(enum drm_gpuvm_flags flags)
{
	struct drm_gem_object obj[5];
	struct drm_gpuvm_bo *bo[5];
	unsigned int i;

	init_objs(obj, 5);
	for (i = 0; i < 5 && flags & DRM_GPUVM_RESV_PROTECTED; i++)
		obj[i].resv = r_obj.resv;
	begin(flags);
	ops.vm_bo_validate = disturb;
	dma_resv_lock(r_obj.resv, NULL);
	for (i = 0; i < 5; i++) {
		if (obj[i].resv != r_obj.resv)
			dma_resv_lock(obj[i].resv, NULL);
		bo[i] = drm_gpuvm_bo_obtain(vm, &obj[i]);
		drm_gpuvm_bo_extobj_add(bo[i]);
		if (i < 4)
			drm_gpuvm_bo_evict(bo[i], true);
	}
	/*
	 * Validating the first has the second put for good, the third come back,
	 * and the last evicted, which is seen in the same walk.
	 */
	to_put = bo[1];
	to_return = bo[2];
	to_evict = bo[4];
	check(!drm_gpuvm_validate(vm, NULL));
	check(nested == -EBUSY);
	check(validated == 3);
	check(kref_read(&obj[1].refcount) == 1);
	for (i = 0; i < 5; i++)
		if (i != 1)
			check(drm_gpuvm_bo_put(bo[i]));
	for (i = 0; i < 5; i++)
		if (obj[i].resv != r_obj.resv)
			dma_resv_unlock(obj[i].resv);
	dma_resv_unlock(r_obj.resv);
	end();
}

/* -------------------------------------------------- each state of a vm_bo ------ */

/* The states of the table in lists.c, and what is done to a vm_bo in each */
enum state { OFF, LISTED, WALKED, RETIRED, DOOMED, STATES };
enum act { NOTHING, EVICT, UNEVICT, ADD, PUT, ACTS };

static struct {
	struct drm_gpuvm_bo *bo;
	enum state state;
	enum act act;
	bool done, gone;
} one;

static bool put_bo(struct drm_gpuvm_bo *bo)
{
	return drm_gpuvm_immediate_mode(vm) ? drm_gpuvm_bo_put_deferred(bo) : drm_gpuvm_bo_put(bo);
}

static bool on_list(const struct drm_gpuvm_bo_list *l, const struct list_head *entry)
{
	const struct list_head *pos;

	list_for_each(pos, &l->list)
		if (pos == entry)
			return true;
	return false;
}

/* The vm_bo stays allocated as long as a walk or the cleanup may use it. */
static void look_at_one(void)
{
	const bool kept = drm_gpuvm_resv_protected(vm) && drm_gpuvm_immediate_mode(vm);
	bool evicted = one.state != OFF;
	bool added = evicted && drm_gpuvm_is_extobj(vm, one.bo->obj);

	if (one.act == EVICT && !one.gone)
		evicted = true;
	if (one.act == ADD && !one.gone)
		added = drm_gpuvm_is_extobj(vm, one.bo->obj);
	/* Only the VM's dma-resv keeps vm_bos without references on the lists. */
	if (one.act == UNEVICT || (one.gone && !kept))
		evicted = false;
	if (one.gone && !kept)
		added = false;
	check(on_list(&vm->evict, &one.bo->list.entry.evict) == evicted);
	check(on_list(&vm->extobj, &one.bo->list.entry.extobj) == added);
}

static void act_on_one(bool in_walk)
{
	one.done = true;
	if (one.state == RETIRED || one.state == DOOMED || one.act == PUT) {
		check(put_bo(one.bo));
		one.gone = true;
	}
	if (one.act == EVICT || one.act == UNEVICT)
		drm_gpuvm_bo_evict(one.bo, one.act == EVICT);
	if (one.act == ADD)
		drm_gpuvm_bo_extobj_add(one.bo);
	if (in_walk || !one.gone || drm_gpuvm_immediate_mode(vm))
		look_at_one();
}

static int validate_one(struct drm_gpuvm_bo *bo, struct drm_exec *exec)
{
	validated++;
	if (bo == one.bo && !one.done)
		act_on_one(true);
	else
		drm_gpuvm_bo_evict(bo, false);
	return 0;
}

static void state(enum drm_gpuvm_flags flags, enum state state, enum act act)
{
	const bool immediate = flags & DRM_GPUVM_IMMEDIATE_MODE;
	const bool resv = flags & DRM_GPUVM_RESV_PROTECTED;
	struct drm_gem_object obj[3];
	struct drm_gpuvm_bo *bo[3];
	unsigned int i;

	/* There is no reference left to put. */
	if (act == PUT && (state == RETIRED || state == DOOMED))
		return;
	/* Only immediate mode retires, and with the VM's dma-resv no walk can doom then. */
	if ((state == RETIRED && !immediate) || (state == DOOMED && immediate && resv))
		return;
	init_objs(obj, 3);
	/* An external object joins the evicted ones only when it is locked. */
	for (i = 0; i < 3 && resv; i++)
		obj[i].resv = r_obj.resv;
	begin(flags);
	ops.vm_bo_validate = validate_one;
	dma_resv_lock(r_obj.resv, NULL);
	for (i = 0; i < 3; i++) {
		if (!resv)
			dma_resv_lock(obj[i].resv, NULL);
		bo[i] = drm_gpuvm_bo_create(vm, &obj[i]);
		check(drm_gpuvm_bo_obtain_prealloc(bo[i]) == bo[i]);
		if (i == 1 && state == OFF)
			continue;
		drm_gpuvm_bo_extobj_add(bo[i]);
		drm_gpuvm_bo_evict(bo[i], true);
	}
	one.bo = bo[1];
	one.state = state;
	one.act = act;
	one.done = false;
	one.gone = false;
	if (state != WALKED && state != DOOMED)
		act_on_one(false);

	/* The walk meets the neighbours in any case. */
	check(!drm_gpuvm_validate(vm, NULL));
	check(one.done);
	if (state == WALKED || state == DOOMED)
		check(validated == 3);
	else
		check(validated == 2 + (!one.gone && (act == EVICT || (state == LISTED && act != UNEVICT))));
	for (i = 0; i < 3; i++)
		if (i != 1 || !one.gone)
			check(put_bo(bo[i]));
	dma_resv_unlock(r_obj.resv);
	for (i = 0; i < 3 && !resv; i++)
		dma_resv_unlock(obj[i].resv);
	drm_gpuvm_bo_deferred_cleanup(vm);
	for (i = 0; i < 3; i++)
		check(kref_read(&obj[i].refcount) == 1);
	end();
}

static void states(void)
{
	static const enum drm_gpuvm_flags modes[] = {
		0, DRM_GPUVM_RESV_PROTECTED, DRM_GPUVM_IMMEDIATE_MODE,
		DRM_GPUVM_RESV_PROTECTED | DRM_GPUVM_IMMEDIATE_MODE,
	};
	unsigned int mode, i;

	for (mode = 0; mode < ARRAY_SIZE(modes); mode++)
		for (i = 0; i < STATES * ACTS; i++)
			state(modes[mode], i / ACTS, i % ACTS);
}

static struct drm_gpuvm_bo *in_walk;
static int busy;

/* Called as each dma-resv is locked: that is in the middle of a walk. */
static void when_locked(struct dma_resv *resv)
{
	struct drm_gpuvm_exec e = { .vm = vm };

	kernel_locked = NULL;
	drm_exec_init(&e.exec, 0, 0);
	kernel_quiet = true;
	busy = drm_gpuvm_prepare_objects(vm, &e.exec, 0);
	kernel_quiet = false;
	if (in_walk && in_walk->obj->resv == resv)
		check(drm_gpuvm_bo_put(in_walk));
	in_walk = NULL;
}

static void put_in_walk(void)
{
	struct drm_gpuvm_exec e = { .vm = vm, .num_fences = 1 };
	struct drm_gem_object obj[3];
	struct drm_gpuvm_bo *bo[3];
	unsigned int i;

	init_objs(obj, 3);
	begin(0);
	for (i = 0; i < 3; i++)
		bo[i] = obtain(&obj[i]);
	set_evicted(bo[0], true);
	in_walk = bo[0];
	/* After the VM's own; locks what the walk has begun with. */
	dma_resv_lock(obj[0].resv, NULL);
	dma_resv_unlock(obj[0].resv);
	drm_exec_init(&e.exec, 0, 0);
	drm_exec_until_all_locked(&e.exec) {
		kernel_locked = when_locked;
		check(!drm_gpuvm_prepare_objects(vm, &e.exec, 1));
	}
	check(busy == -EBUSY);
	check(!in_walk);
	check(!drm_gpuvm_validate(vm, &e.exec) && !validated);
	drm_gpuvm_exec_unlock(&e);
	check(kref_read(&obj[0].refcount) == 1);
	check(put_locked(bo[1]) && put_locked(bo[2]));
	end();
}

/* ----------------------------------------------------------- immediate mode ---- */

static struct drm_gpuvm_bo *bo_alloc(void)
{
	return kzalloc(sizeof(struct drm_gpuvm_bo), GFP_KERNEL);
}

static void bo_free(struct drm_gpuvm_bo *bo)
{
	kfree(bo);
}

static void immediate(enum drm_gpuvm_flags flags)
{
	struct drm_gpuvm_exec e = { .vm = vm, .num_fences = 1 };
	struct drm_gem_object obj[2];
	struct drm_gpuvm_bo *bo, *same, *other;
	struct drm_gpuva *va;

	init_objs(obj, 2);
	begin(DRM_GPUVM_IMMEDIATE_MODE | flags);
	ops.vm_bo_alloc = bo_alloc;
	ops.vm_bo_free = bo_free;
	kernel_faults.countdown = 1;
	check(!drm_gpuvm_bo_create(vm, &obj[0]));

	bo = drm_gpuvm_bo_create(vm, &obj[0]);
	check(drm_gpuvm_bo_obtain_prealloc(bo) == bo);
	/* A second one is not needed, and goes. */
	same = drm_gpuvm_bo_obtain_prealloc(drm_gpuvm_bo_create(vm, &obj[0]));
	check(same == bo && kref_read(&bo->kref) == 2);
	check(kref_read(&obj[0].refcount) == 2);
	other = drm_gpuvm_bo_obtain_prealloc(drm_gpuvm_bo_create(vm, &obj[1]));
	/* It would allocate where it must not. */
	mutex_lock(&obj[0].gpuva.lock);
	warns(1, same = drm_gpuvm_bo_obtain_locked(vm, &obj[0]));
	mutex_unlock(&obj[0].gpuva.lock);
	check(same == bo && !drm_gpuvm_bo_put_deferred(bo) && !drm_gpuvm_bo_put_deferred(NULL));

	dma_resv_lock(r_obj.resv, NULL);
	drm_gpuvm_bo_extobj_add(bo);
	drm_gpuvm_bo_extobj_add(other);
	dma_resv_unlock(r_obj.resv);
	set_evicted(bo, true);

	va = add(START, PAGE, &obj[0]);
	mutex_lock(&obj[0].gpuva.lock);
	drm_gpuva_link(va, bo);
	mutex_unlock(&obj[0].gpuva.lock);
	check(!drm_gpuvm_bo_put_deferred(bo));
	check(!drm_gpuvm_bo_put_deferred(bo));
	/* The mapping's reference is the last. */
	drm_gpuva_unlink_defer(va);
	drm_gpuva_unlink_defer(va);
	drop(va);
	mutex_lock(&obj[0].gpuva.lock);
	check(!drm_gpuvm_bo_find(vm, &obj[0]));
	mutex_unlock(&obj[0].gpuva.lock);

	/* Until it is cleaned up it is on the lists, and is passed over. */
	check(!drm_gpuvm_exec_lock(&e));
	check(!drm_gpuvm_exec_validate(&e));
	check(!validated);
	drm_gpuvm_exec_unlock(&e);
	check(kref_read(&obj[0].refcount) == 2);
	drm_gpuvm_bo_deferred_cleanup(vm);
	check(kref_read(&obj[0].refcount) == 1);
	drm_gpuvm_bo_deferred_cleanup(vm);
	check(drm_gpuvm_bo_put_deferred(other));
	drm_gpuvm_bo_deferred_cleanup(vm);
	end();
}

/* ---------------------------------------------------------------- the rest ----- */

/* A dma-resv that is met again is not tried again, nor is one that was waited for. */
static void ranges(void)
{
	struct drm_gpuvm_exec e = { .vm = vm, .flags = DRM_EXEC_IGNORE_DUPLICATES };
	const struct drm_gpuvm_map_req req = {
		.map.va = { .addr = START + PAGE / 2, .range = 5 * PAGE },
	};
	struct drm_gem_object obj[2];
	unsigned int i, fences;
	int err = 0;

	init_objs(obj, 2);
	begin(0);
	for (i = 0; i < 6; i++)
		add(START + i * PAGE, PAGE, &obj[i % 2]);
	add(START + 6 * PAGE, PAGE, NULL);
	for (fences = 0; fences < 2; fences++) {
		e.num_fences = fences;
		check(!drm_gpuvm_exec_lock_range(&e, START, 7 * PAGE));
		check(e.exec.num_objects == 2);
		drm_gpuvm_exec_unlock(&e);
		kernel_contended = obj[1].resv;
		check(!drm_gpuvm_exec_lock_range(&e, START, 7 * PAGE));
		check(e.exec.num_objects == 2);
		drm_gpuvm_exec_unlock(&e);
	}
	e.flags = 0;
	check(drm_gpuvm_exec_lock_range(&e, START, 7 * PAGE) == -EALREADY);

	for (i = 0; i < 2; i++) {
		struct drm_exec exec;

		drm_exec_init(&exec, i ? DRM_EXEC_IGNORE_DUPLICATES : 0, 0);
		drm_exec_until_all_locked(&exec) {
			err = drm_gpuvm_sm_map_exec_lock(vm, &exec, 1, &req);
			drm_exec_retry_on_contention(&exec);
			if (err)
				break;
		}
		check(err == (i ? 0 : -EALREADY));
		drm_exec_fini(&exec);
		drm_exec_init(&exec, 0, 0);
		drm_exec_until_all_locked(&exec) {
			err = drm_gpuvm_sm_unmap_exec_lock(vm, &exec, START, i * PAGE);
			drm_exec_retry_on_contention(&exec);
			if (err)
				break;
		}
		check(err == (i ? 0 : -EINVAL));
		drm_exec_fini(&exec);
	}
	remove_all();
	end();
}

static void shown(void)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	struct drm_gem_object *obj;

	check(drm_debugfs_gpuva_info((struct seq_file *)f, vm) == -ENODEV);
	memset(vm, 0, sizeof(*vm));
	freed = 0;
	drm_gpuvm_init(vm, "shown", 0, &drm, &r_obj, START, SPACE, START, PAGE, &ops);
	add(START + 2 * PAGE, PAGE, NULL);
	check(!drm_debugfs_gpuva_info((struct seq_file *)f, vm));
	fclose(f);
	check(text && strstr(text, "shown, 1 mappings"));
	check(text && strstr(text, "0x0000000000012000  0x0000000000013000"));
	check(text && strstr(text, "reserved"));
	free(text);
	drop(drm_gpuva_find_first(vm, START + 2 * PAGE, PAGE));
	end();

	kernel_faults.countdown = 1;
	check(!drm_gpuvm_resv_object_alloc(&drm));
	obj = drm_gpuvm_resv_object_alloc(&drm);
	check(obj && obj->resv == &obj->_resv);
	drm_gem_object_put(obj);
	check(kernel_counts.allocs == kernel_counts.frees);
}

/*
 * A driver that uses callbacks alone: no list of operations fills the reserve, so what
 * such a driver calls before it does.  Then there is no memory.
 */
static void reserve(void (*prepare)(void))
{
	struct drm_gpuva *va = NULL;
	unsigned int i;

	begin(0);
	/* The reserve is for as many splits as it has nodes, the first one included. */
	for (i = 0; i < 200; i++) {
		if (i % 20 == 0) {
			kernel_faults = (struct kernel_faults){ 0 };
			prepare();
			kernel_faults.atomic = 1000;
			kernel_faults.sleeping = 1000;
		}
		va = add(START + i * 2 * PAGE, PAGE, NULL);
	}
	check(!gpuvm_tree_of(vm)->spilled && gpuvm_tree_of(vm)->height == 1);
	for (; i < 1000; i++)
		va = add(START + i * 2 * PAGE, PAGE, NULL);
	check(gpuvm_tree_of(vm)->spilled);
	check(drm_gpuva_find(vm, va->va.addr, PAGE) == va);
	/* A list of operations finds a place for all again. */
	kernel_faults = (struct kernel_faults){ 0 };
	drm_gpuva_ops_free(vm, drm_gpuvm_sm_unmap_ops_create(vm, START, PAGE));
	check(!gpuvm_tree_of(vm)->spilled && !gpuvm_tree_check(vm));
	remove_all();
	end();
}

static void by_pair(void)
{
	struct drm_gem_object obj;
	struct drm_gpuvm_bo *bo;

	init_objs(&obj, 1);
	dma_resv_lock(obj.resv, NULL);
	bo = drm_gpuvm_bo_obtain(vm, &obj);
	drm_gpuvm_bo_put(bo);
	dma_resv_unlock(obj.resv);
}

static void by_locking(bool map)
{
	const struct drm_gpuvm_map_req req = { .map.va = { .addr = START, .range = PAGE } };
	struct drm_exec exec;

	drm_exec_init(&exec, 0, 0);
	drm_exec_until_all_locked(&exec) {
		if (map)
			check(!drm_gpuvm_sm_map_exec_lock(vm, &exec, 0, &req));
		else
			check(!drm_gpuvm_sm_unmap_exec_lock(vm, &exec, START, PAGE));
	}
	drm_exec_fini(&exec);
}

static void by_map_lock(void)
{
	by_locking(true);
}

static void by_unmap_lock(void)
{
	by_locking(false);
}

/* Each field of the tree that is wrong is seen, and nothing is once it is right again. */
#define breaks(field, value) do {					\
	__typeof__(field) *at__ = &(field), was__ = *at__;		\
									\
	*at__ = (value);						\
	check(gpuvm_tree_check(vm));					\
	*at__ = was__;							\
	check(!gpuvm_tree_check(vm));					\
} while (0)

static void broken(void)
{
	static struct drm_gpuva maps[3000], behind[60];
	struct gpuvm_tree *tree = gpuvm_tree_of(vm);
	struct gpuvm_leaf *leaf, *stranger;
	struct gpuvm_inner *root, *inner;
	unsigned int i, slot;

	begin(0);
	check(!gpuvm_tree_check(vm));
	for (i = 0; i < ARRAY_SIZE(maps); i++) {
		drm_gpuva_init(&maps[i], START + (i * 7ULL) % ARRAY_SIZE(maps) * 2 * PAGE, PAGE,
			       NULL, 0);
		check(!drm_gpuva_insert(vm, &maps[i]));
	}
	check(tree->height == 2);
	check(!gpuvm_tree_check(vm));
	root = tree->root;
	inner = root->child[1];
	leaf = inner->child[1];
	stranger = calloc(1, sizeof(*stranger));
	slot = __ffs(leaf->used & leaf->used - 1);

	breaks(leaf->end[slot], leaf->end[slot] + 1);
	breaks(leaf->end[slot - 1], leaf->end[slot] + 1);
	breaks(leaf->lower, leaf->lower + 1);
	breaks(leaf->upper, leaf->upper - 1);
	breaks(leaf->vm, NULL);
	breaks(leaf->used, leaf->used & ~(1u << slot));
	breaks(leaf->used, leaf->used | 1u << 31);
	breaks(leaf->count, leaf->count - 1);
	breaks(leaf->next, leaf->next->next);
	breaks(leaf->prev, leaf->prev->prev);
	breaks(leaf->spill, &maps[0]);
	breaks(leaf->tail, &maps[0]);
	breaks(leaf->tails, 1);
	breaks(leaf->va[slot]->place, (unsigned long)leaf->next);
	breaks(leaf->va[slot]->vm, NULL);
	breaks(leaf->va[slot]->va.range, 0);
	breaks(leaf->va[slot]->va.addr, leaf->va[slot]->va.addr - PAGE - 1);
	breaks(inner->bound[0], inner->bound[1] + 1);
	breaks(inner->bound[0], root->bound[0] - 1);
	breaks(inner->bound[1], leaf->end[slot] - 1);
	breaks(inner->bound[0], leaf->end[slot]);
	breaks(inner->bound[inner->count - 1], 0);
	breaks(inner->child[0], inner->child[1]);
	breaks(inner->count, 0);
	breaks(inner->count, inner->count - 1);
	breaks(inner->count, GPUVM_FANOUT + 1);
	breaks(root->count, 1);
	breaks(tree->height, GPUVM_MAX_HEIGHT + 1);
	breaks(tree->hint, stranger);
	breaks(tree->cursor, 32);
	breaks(tree->count, tree->count + 1);
	breaks(tree->spilled, 1);
	kernel_faults.atomic = 1000;
	for (i = 0; i < ARRAY_SIZE(behind); i++) {
		drm_gpuva_init(&behind[i], START + SPACE / 2 + i * PAGE, PAGE, NULL, 0);
		check(!drm_gpuva_insert(vm, &behind[i]));
	}
	kernel_faults.atomic = 0;
	i = ARRAY_SIZE(behind) - 2;
	check(tree->spilled && behind[i].place & 1);
	breaks(behind[i].place, behind[i].place & ~1UL);
	for (i = 0; i < ARRAY_SIZE(behind); i++)
		drm_gpuva_remove(&behind[i]);
	drm_gpuva_ops_free(vm, drm_gpuvm_sm_unmap_ops_create(vm, START, PAGE));
	breaks(tree->reserved.counter, tree->reserved.counter - 1);
	/* The VM's own check of itself warns, once after as many changes as it has mappings. */
	tree->spilled++;
	tree->unchecked = tree->count;
	warns(1, drm_gpuva_remove(&maps[0]));
	warns(0, drm_gpuva_remove(&maps[1]));
	tree->spilled--;
	free(stranger);
	for (i = 2; i < ARRAY_SIZE(maps); i++) {
		drm_gpuva_remove(&maps[i]);
		if (i % 50 == 0)
			check(!gpuvm_tree_check(vm));
	}
	end();
}

int main(void)
{
	kref_init(&drm.ref);
	drm_gem_private_object_init(&drm, &r_obj, 0);
	lists(false);
	lists(true);
	only_alloc();
	runs();
	top();
	misuse();
	disturbed(0);
	disturbed(DRM_GPUVM_RESV_PROTECTED);
	states();
	put_in_walk();
	immediate(0);
	immediate(DRM_GPUVM_RESV_PROTECTED);
	ranges();
	shown();
	reserve(by_pair);
	reserve(by_map_lock);
	reserve(by_unmap_lock);
	broken();
	return !!bad;
}
