// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Tests of the address space: bounds, insertion, lookups, iterators

#include <linux/math64.h>
#include <linux/moduleparam.h>
#include <linux/prandom.h>
#include <linux/sort.h>

#include "gpuvm_util.h"
#include "suites.h"

static bool warn;
module_param_named(gpuvm_warn, warn, bool, 0444);
MODULE_PARM_DESC(gpuvm_warn, "also run the cases that make the kernel print a warning (default: no)");

#define RANGE	(0x100 * PAGE)
#define RANGE_END	(START + RANGE)
#define KSTART	(0x80 * PAGE)
#define KRANGE	(0x10 * PAGE)
#define KEND	(KSTART + KRANGE)

static const struct gt_vm_args plain = { .start = START, .range = RANGE };
static const struct gt_vm_args reserved = {
	.start = START, .range = RANGE, .kstart = KSTART, .krange = KRANGE,
};

/* Inserts a mapping without an object. */
static struct drm_gpuva *put_va(struct ktap *t, struct drm_gpuvm *vm, u64 addr,
				u64 range)
{
	struct drm_gpuva *va = gt_va_insert(to_gt(t), vm, addr, range, NULL, 0);

	ktap_assert_ptr(t, va);
	return va;
}

/* Returns the result of an insertion; removes an inserted mapping again. */
static int try_va(struct ktap *t, struct drm_gpuvm *vm, u64 addr, u64 range)
{
	struct drm_gpuva *va = gt_va_new(to_gt(t), addr, range, NULL, 0);
	int ret = drm_gpuva_insert(vm, va);

	if (!ret)
		drm_gpuva_remove(va);
	gt_va_free(va);
	return ret;
}

static void init_sets_fields(struct ktap *t)
{
	struct gt_vm_args args = reserved;
	struct drm_gpuvm *vm;

	vm = gt_vm(to_gt(t), &args);
	ktap_expect(t, !strcmp(vm->name, "unknown"));
	ktap_expect(t, !drm_gpuvm_resv_protected(vm));
	ktap_expect_eq(t, vm->mm_start, START);
	ktap_expect_eq(t, vm->mm_range, RANGE);
	ktap_expect_ptr_eq(t, vm->drm, to_gt(t)->fx->drm);
	ktap_expect_ptr_eq(t, vm->ops, &gt_ops);
	ktap_expect_ptr_eq(t, drm_gpuvm_resv(vm), drm_gpuvm_resv_obj(vm)->resv);
	ktap_expect_eq(t, vm->kernel_alloc_node.va.addr, KSTART);
	ktap_expect_eq(t, vm->kernel_alloc_node.va.range, KRANGE);

	args.name = "named";
	args.flags = DRM_GPUVM_RESV_PROTECTED | DRM_GPUVM_USERBITS;
	vm = gt_vm(to_gt(t), &args);
	ktap_expect(t, !strcmp(vm->name, "named"));
	ktap_expect(t, drm_gpuvm_resv_protected(vm));
	ktap_expect(t, vm->flags & DRM_GPUVM_USERBITS);
}

static void resv_object_is_an_object(struct ktap *t)
{
	struct drm_gem_object *obj;

	obj = drm_gpuvm_resv_object_alloc(to_gt(t)->fx->drm);
	ktap_assert_ptr(t, obj);
	ktap_expect_ptr_eq(t, obj->dev, to_gt(t)->fx->drm);
	ktap_expect(t, obj->resv);
	ktap_expect_eq(t, dma_resv_lock(obj->resv, NULL), 0);
	ktap_expect(t, dma_resv_is_locked(obj->resv));
	dma_resv_unlock(obj->resv);
	drm_gem_object_put(obj);
}

/* The object that provides the dma-resv lives as long as the VM. */
static void vm_holds_resv_object(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	struct drm_gem_object *obj = fixture_gem_new(gt->fx, PAGE_SIZE);
	struct gt_vm *vm = kzalloc(sizeof(*vm), GFP_KERNEL);

	ktap_assert_ptr(t, vm);
	vm->gt = gt;
	drm_gpuvm_init(&vm->base, "lent", 0, gt->fx->drm, obj, START, RANGE, 0,
		       0, &gt_bare_ops);
	atomic_inc(&gt->vms);
	drm_gem_object_put(obj);
	ktap_expect_eq(t, atomic_read(&gt->fx->objects), 1);
	ktap_expect_ptr_eq(t, drm_gpuvm_resv_obj(&vm->base), obj);
	drm_gpuvm_put(&vm->base);
	ktap_expect_eq(t, atomic_read(&gt->fx->objects), 0);
}

static void last_put_frees(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm_new(gt, &reserved);

	ktap_expect_eq(t, kref_read(&gt->fx->drm->ref) > 1, true);
	ktap_expect_ptr_eq(t, drm_gpuvm_get(vm), vm);
	drm_gpuvm_put(vm);
	ktap_expect_eq(t, atomic_read(&gt->vms), 1);
	drm_gpuvm_put(vm);
	ktap_expect_eq(t, atomic_read(&gt->vms), 0);
	ktap_expect_eq(t, kref_read(&gt->fx->drm->ref), 1);
	drm_gpuvm_put(NULL);
}

/* Mappings keep a VM alive after its last reference. */
static void mappings_hold_the_vm(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm_new(gt, &reserved);
	struct drm_gpuva *a = put_va(t, vm, START, PAGE);
	struct drm_gpuva *b = put_va(t, vm, START + PAGE, PAGE);

	drm_gpuvm_put(vm);
	ktap_expect_eq(t, atomic_read(&gt->vms), 1);
	drm_gpuva_remove(a);
	ktap_expect_eq(t, atomic_read(&gt->vms), 1);
	drm_gpuva_remove(b);
	ktap_expect_eq(t, atomic_read(&gt->vms), 0);
	gt_va_free(a);
	gt_va_free(b);
}

/* Emptying and refilling a VM does not change who holds it. */
static void refilling_holds_the_vm(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm_new(gt, &plain);
	struct drm_gpuva *va;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		va = put_va(t, vm, START + i * PAGE, PAGE);
		drm_gpuva_remove(va);
		gt_va_free(va);
		ktap_expect_eq(t, atomic_read(&gt->vms), 1);
	}
	va = put_va(t, vm, START, PAGE);
	drm_gpuvm_put(vm);
	ktap_expect_eq(t, atomic_read(&gt->vms), 1);
	drm_gpuva_remove(va);
	ktap_expect_eq(t, atomic_read(&gt->vms), 0);
	gt_va_free(va);
}

/* A mapping that was not inserted holds no reference. */
static void refused_mapping_holds_nothing(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm_new(gt, &reserved);
	struct drm_gpuva *va = put_va(t, vm, START, PAGE);

	ktap_expect_eq(t, try_va(t, vm, START, PAGE), -EEXIST);
	ktap_expect_eq(t, try_va(t, vm, RANGE_END, PAGE), -EINVAL);
	drm_gpuva_remove(va);
	gt_va_free(va);
	drm_gpuvm_put(vm);
	ktap_expect_eq(t, atomic_read(&gt->vms), 0);
}

static const struct bound {
	u64 addr;
	u64 range;
	bool valid;
} bounds[] = {
	{ START, PAGE, true },
	{ START, 1, true },
	{ START, KSTART - START, true },
	{ RANGE_END - 1, 1, true },
	{ RANGE_END - PAGE, PAGE, true },
	{ KEND, RANGE_END - KEND, true },
	{ KSTART - 1, 1, true },
	{ KEND, 1, true },
	/* outside */
	{ START - 1, 1, false },
	{ START - 1, 2, false },
	{ START - PAGE, PAGE, false },
	{ START - PAGE, 2 * PAGE, false },
	{ RANGE_END, 1, false },
	{ RANGE_END, PAGE, false },
	{ RANGE_END - 1, 2, false },
	{ RANGE_END - PAGE, PAGE + 1, false },
	{ 0, PAGE, false },
	{ 0, U64_MAX, false },
	/* the reserved range */
	{ START, RANGE, false },
	{ START, KSTART - START + 1, false },
	{ KSTART, KRANGE, false },
	{ KSTART, 1, false },
	{ KSTART - 1, 2, false },
	{ KEND - 1, 1, false },
	{ KEND - 1, 2, false },
	{ KSTART + PAGE, PAGE, false },
	{ KSTART - PAGE, KRANGE + 2 * PAGE, false },
	/* past the end of all addresses */
	{ U64_MAX, 1, false },
	{ U64_MAX, U64_MAX, false },
	{ U64_MAX - PAGE + 1, PAGE, false },
	{ START, U64_MAX, false },
	{ START, U64_MAX - START, false },
	{ START, U64_MAX - START + 1, false },
	{ START, U64_MAX - START + 2, false },
	{ START + PAGE, -PAGE, false },
};

static void range_valid(struct ktap *t)
{
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &reserved);
	const struct bound *b;

	for (b = bounds; b < bounds + ARRAY_SIZE(bounds); b++)
		if (drm_gpuvm_range_valid(vm, b->addr, b->range) != b->valid)
			ktap_fail(t, "0x%llx+0x%llx should be %s", b->addr,
				  b->range, b->valid ? "valid" : "invalid");
}

static void insert_checks_bounds(struct ktap *t)
{
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &reserved);
	const struct bound *b;
	int ret;

	for (b = bounds; b < bounds + ARRAY_SIZE(bounds); b++) {
		ret = try_va(t, vm, b->addr, b->range);
		if (ret != (b->valid ? 0 : -EINVAL))
			ktap_fail(t, "0x%llx+0x%llx: %d", b->addr, b->range,
				  ret);
	}
}

static void whole_u64_space(struct ktap *t)
{
	static const struct gt_vm_args args = { .range = U64_MAX };
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &args);
	struct drm_gpuva *low, *high;

	ktap_expect(t, drm_gpuvm_range_valid(vm, 0, U64_MAX));
	ktap_expect(t, drm_gpuvm_range_valid(vm, 0, 1));
	ktap_expect(t, drm_gpuvm_range_valid(vm, U64_MAX - 1, 1));
	ktap_expect(t, !drm_gpuvm_range_valid(vm, U64_MAX, 1));
	ktap_expect(t, !drm_gpuvm_range_valid(vm, 1, U64_MAX));

	low = put_va(t, vm, 0, 1ULL << 63);
	high = put_va(t, vm, 1ULL << 63, (1ULL << 63) - 1);
	ktap_expect_ptr_eq(t, drm_gpuva_find_first(vm, 0, U64_MAX), low);
	ktap_expect_ptr_eq(t, drm_gpuva_find_first(vm, U64_MAX - 1, 1), high);
	ktap_expect_ptr_eq(t, drm_gpuva_find_first(vm, (1ULL << 63) - 1, 2),
			   low);
	ktap_expect_ptr_eq(t, drm_gpuva_find(vm, 1ULL << 63, (1ULL << 63) - 1),
			   high);
	ktap_expect_ptr_eq(t, drm_gpuva_find_prev(vm, 1ULL << 63), low);
	ktap_expect_ptr_eq(t, drm_gpuva_find_next(vm, 1ULL << 63), high);
	ktap_expect_eq(t, try_va(t, vm, 1ULL << 62, PAGE), -EEXIST);
}

static void empty_range_is_refused(struct ktap *t)
{
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &plain);

	put_va(t, vm, START, PAGE);
	if (gt_differs(t, GT_DIFF_ZERO_RANGE)) {
		ktap_expect(t, drm_gpuvm_range_valid(vm, START, 0));
		return;
	}
	ktap_expect(t, !drm_gpuvm_range_valid(vm, START, 0));
	ktap_expect(t, !drm_gpuvm_range_valid(vm, RANGE_END, 0));
	ktap_expect_eq(t, try_va(t, vm, START, 0), -EINVAL);
	ktap_expect_eq(t, try_va(t, vm, START + 2 * PAGE, 0), -EINVAL);
	ktap_expect(t, !drm_gpuva_find_first(vm, START, 0));
	ktap_expect(t, !drm_gpuva_find_first(vm, 0, 0));
	ktap_expect(t, !drm_gpuva_find(vm, START, 0));
	ktap_expect(t, drm_gpuvm_interval_empty(vm, START, 0));
}

static void insert_refuses_overlap(struct ktap *t)
{
	static const struct {
		u64 addr;
		u64 range;
		int ret;
	} shape[] = {
		{ 4, 4, -EEXIST },	/* the same range */
		{ 4, 2, -EEXIST },	/* its start */
		{ 6, 2, -EEXIST },	/* its end */
		{ 5, 2, -EEXIST },	/* its middle */
		{ 2, 8, -EEXIST },	/* around it */
		{ 4, 6, -EEXIST },
		{ 2, 6, -EEXIST },
		{ 2, 3, -EEXIST },	/* across its start */
		{ 7, 3, -EEXIST },	/* across its end */
		{ 3, 2, -EEXIST },
		{ 0, 16, -EEXIST },
		{ 2, 2, 0 },		/* right below it */
		{ 8, 2, 0 },		/* right above it */
		{ 0, 4, 0 },
		{ 8, 4, 0 },
		{ 12, 4, -EEXIST },	/* the other mapping */
		{ 9, 4, -EEXIST },
		{ 9, 3, 0 },
		{ 0, 1, 0 },
	};
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &plain);
	struct drm_gpuva *a, *b;
	unsigned int i;
	int ret;

	a = put_va(t, vm, START + 4 * PAGE, 4 * PAGE);
	b = put_va(t, vm, START + 12 * PAGE, 4 * PAGE);
	for (i = 0; i < ARRAY_SIZE(shape); i++) {
		ret = try_va(t, vm, START + shape[i].addr * PAGE,
			     shape[i].range * PAGE);
		if (ret != shape[i].ret)
			ktap_fail(t, "pages %llu+%llu: %d, should be %d",
				  shape[i].addr, shape[i].range, ret,
				  shape[i].ret);
	}
	/* The failures have changed no mapping. */
	ktap_expect_ptr_eq(t, drm_gpuva_find_first(vm, START, RANGE), a);
	ktap_expect_ptr_eq(t, drm_gpuva_find(vm, START + 12 * PAGE, 4 * PAGE),
			   b);
}

static void find_is_exact(struct ktap *t)
{
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &plain);
	struct drm_gpuva *a = put_va(t, vm, START + 4 * PAGE, 4 * PAGE);
	struct drm_gpuva *b = put_va(t, vm, START + 8 * PAGE, PAGE);

	ktap_expect_ptr_eq(t, drm_gpuva_find(vm, START + 4 * PAGE, 4 * PAGE),
			   a);
	ktap_expect_ptr_eq(t, drm_gpuva_find(vm, START + 8 * PAGE, PAGE), b);
	ktap_expect(t, !drm_gpuva_find(vm, START + 4 * PAGE, 3 * PAGE));
	ktap_expect(t, !drm_gpuva_find(vm, START + 4 * PAGE, 5 * PAGE));
	ktap_expect(t, !drm_gpuva_find(vm, START + 5 * PAGE, 3 * PAGE));
	ktap_expect(t, !drm_gpuva_find(vm, START + 3 * PAGE, 5 * PAGE));
	ktap_expect(t, !drm_gpuva_find(vm, START + 4 * PAGE, 1));
	ktap_expect(t, !drm_gpuva_find(vm, START, PAGE));
	ktap_expect(t, !drm_gpuva_find(vm, RANGE_END, PAGE));

	drm_gpuva_remove(a);
	ktap_expect(t, !drm_gpuva_find(vm, START + 4 * PAGE, 4 * PAGE));
	ktap_expect_ptr_eq(t, drm_gpuva_find(vm, START + 8 * PAGE, PAGE), b);
	gt_va_free(a);
}

static void find_first_is_lowest_overlap(struct ktap *t)
{
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &plain);
	struct drm_gpuva *a = put_va(t, vm, START + 4 * PAGE, 4 * PAGE);
	struct drm_gpuva *b = put_va(t, vm, START + 8 * PAGE, PAGE);
	struct drm_gpuva *c = put_va(t, vm, START + 12 * PAGE, 4 * PAGE);
	u64 at = START;

	ktap_expect_ptr_eq(t, drm_gpuva_find_first(vm, at, RANGE), a);
	ktap_expect_ptr_eq(t, drm_gpuva_find_first(vm, at + 7 * PAGE, RANGE),
			   a);
	ktap_expect_ptr_eq(t, drm_gpuva_find_first(vm, at + 8 * PAGE - 1, 1),
			   a);
	ktap_expect_ptr_eq(t, drm_gpuva_find_first(vm, at + 8 * PAGE - 1, 2),
			   a);
	ktap_expect_ptr_eq(t, drm_gpuva_find_first(vm, at + 8 * PAGE, 1), b);
	ktap_expect_ptr_eq(t, drm_gpuva_find_first(vm, at + 9 * PAGE,
						   4 * PAGE), c);
	ktap_expect(t, !drm_gpuva_find_first(vm, at + 9 * PAGE, 3 * PAGE));
	ktap_expect(t, !drm_gpuva_find_first(vm, at, 4 * PAGE));
	ktap_expect(t, !drm_gpuva_find_first(vm, at + 16 * PAGE, PAGE));
	ktap_expect(t, !drm_gpuva_find_first(vm, 0, START));
}

static void find_neighbours(struct ktap *t)
{
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &plain);
	struct drm_gpuva *first, *a, *b, *last;

	first = put_va(t, vm, START, PAGE);
	a = put_va(t, vm, START + 4 * PAGE, 4 * PAGE);
	b = put_va(t, vm, START + 8 * PAGE, PAGE);
	last = put_va(t, vm, RANGE_END - PAGE, PAGE);

	ktap_expect_ptr_eq(t, drm_gpuva_find_prev(vm, START + 8 * PAGE), a);
	ktap_expect_ptr_eq(t, drm_gpuva_find_next(vm, START + 8 * PAGE), b);
	ktap_expect_ptr_eq(t, drm_gpuva_find_prev(vm, START + PAGE), first);
	ktap_expect_ptr_eq(t, drm_gpuva_find_next(vm, START), first);
	ktap_expect_ptr_eq(t, drm_gpuva_find_prev(vm, RANGE_END), last);
	ktap_expect_ptr_eq(t, drm_gpuva_find_next(vm, RANGE_END - PAGE), last);
	/* with free space between */
	ktap_expect(t, !drm_gpuva_find_next(vm, START + 9 * PAGE));
	ktap_expect(t, !drm_gpuva_find_next(vm, START + PAGE));
	ktap_expect(t, !drm_gpuva_find_prev(vm, START + 3 * PAGE));
	ktap_expect(t, !drm_gpuva_find_prev(vm, START + 20 * PAGE));
	/* at the ends of the VM */
	ktap_expect(t, !drm_gpuva_find_next(vm, RANGE_END));
	ktap_expect(t, !drm_gpuva_find_next(vm, U64_MAX));
	ktap_expect(t, !drm_gpuva_find_prev(vm, 0));
	ktap_expect(t, !drm_gpuva_find_prev(vm, RANGE_END + PAGE));
}

static void prev_is_not_the_mapping_itself(struct ktap *t)
{
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &plain);
	struct drm_gpuva *va = put_va(t, vm, START + 4 * PAGE, PAGE);
	bool differs = gt_differs(t, GT_DIFF_FIND_PREV);

	ktap_expect_ptr_eq(t, drm_gpuva_find_prev(vm, START + 4 * PAGE),
			   differs ? va : NULL);
	ktap_expect_ptr_eq(t, drm_gpuva_find_prev(vm, START), NULL);
}

static void next_is_adjacent(struct ktap *t)
{
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &plain);
	struct drm_gpuva *va = put_va(t, vm, START + 4 * PAGE, PAGE);
	bool differs = gt_differs(t, GT_DIFF_FIND_NEXT);

	ktap_expect_ptr_eq(t, drm_gpuva_find_next(vm, START + 4 * PAGE - 1),
			   differs ? va : NULL);
	ktap_expect_ptr_eq(t, drm_gpuva_find_next(vm, START + 4 * PAGE - 2),
			   NULL);
	ktap_expect_ptr_eq(t, drm_gpuva_find_next(vm, START + 4 * PAGE), va);
}

static void kernel_node(struct ktap *t)
{
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &reserved);
	struct drm_gpuva *node = &vm->kernel_alloc_node;
	struct drm_gpuva *below, *above, *va;
	unsigned int n = 0;

	ktap_expect(t, !drm_gpuvm_interval_empty(vm, KSTART, KRANGE));
	ktap_expect(t, !drm_gpuvm_interval_empty(vm, START, RANGE));
	ktap_expect(t, drm_gpuvm_interval_empty(vm, START, KSTART - START));
	ktap_expect(t, drm_gpuvm_interval_empty(vm, KEND, RANGE_END - KEND));
	ktap_expect_ptr_eq(t, drm_gpuva_find_first(vm, START, RANGE), node);
	ktap_expect_ptr_eq(t, drm_gpuva_find(vm, KSTART, KRANGE), node);

	below = put_va(t, vm, KSTART - PAGE, PAGE);
	above = put_va(t, vm, KEND, PAGE);
	/* The reserved range is not returned as a neighbour. */
	ktap_expect(t, !drm_gpuva_find_next(vm, KSTART));
	ktap_expect(t, !drm_gpuva_find_prev(vm, KEND));
	ktap_expect_ptr_eq(t, drm_gpuva_find_prev(vm, KSTART), below);
	ktap_expect_ptr_eq(t, drm_gpuva_find_next(vm, KEND), above);

	/* Iterators include the reserved range. */
	drm_gpuvm_for_each_va(va, vm) {
		ktap_expect_ptr_eq(t, va, n == 0 ? below :
					  n == 1 ? node : above);
		n++;
	}
	ktap_expect_eq(t, n, 3);
	n = 0;
	drm_gpuvm_for_each_va_range(va, vm, KSTART, KEND) {
		ktap_expect_ptr_eq(t, va, node);
		n++;
	}
	ktap_expect_eq(t, n, 1);
}

static void no_kernel_node_without_range(struct ktap *t)
{
	static const struct gt_vm_args args = {
		.start = START, .range = RANGE, .kstart = KSTART,
	};
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &args);
	struct drm_gpuva *va;

	ktap_expect(t, drm_gpuvm_range_valid(vm, START, RANGE));
	ktap_expect(t, drm_gpuvm_interval_empty(vm, START, RANGE));
	drm_gpuvm_for_each_va(va, vm)
		ktap_fail(t, "a mapping at 0x%llx", va->va.addr);
	put_va(t, vm, START, RANGE);
}

/* The reserved range may be outside of the VM. */
static void kernel_node_elsewhere(struct ktap *t)
{
	static const struct gt_vm_args args = {
		.start = START, .range = RANGE, .krange = PAGE,
	};
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &args);

	ktap_expect(t, !drm_gpuvm_interval_empty(vm, 0, PAGE));
	ktap_expect(t, !drm_gpuvm_range_valid(vm, 0, PAGE));
	put_va(t, vm, START, RANGE);
}

static void kernel_node_stays(struct ktap *t)
{
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &reserved);

	if (!warn)
		ktap_skip(t, "prints a kernel warning; load with gpuvm_warn=1");
	drm_gpuva_remove(&vm->kernel_alloc_node);
	ktap_expect_ptr_eq(t, drm_gpuva_find(vm, KSTART, KRANGE),
			   &vm->kernel_alloc_node);
	ktap_expect(t, !drm_gpuvm_range_valid(vm, KSTART, KRANGE));
	ktap_expect_eq(t, atomic_read(&to_gt(t)->vms), 1);
}

static void interval_empty(struct ktap *t)
{
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &plain);
	struct drm_gpuva *va;

	ktap_expect(t, drm_gpuvm_interval_empty(vm, START, RANGE));
	va = put_va(t, vm, START + 4 * PAGE, 4 * PAGE);
	ktap_expect(t, !drm_gpuvm_interval_empty(vm, START, RANGE));
	ktap_expect(t, drm_gpuvm_interval_empty(vm, START, 4 * PAGE));
	ktap_expect(t, !drm_gpuvm_interval_empty(vm, START, 4 * PAGE + 1));
	ktap_expect(t, drm_gpuvm_interval_empty(vm, START + 8 * PAGE, PAGE));
	ktap_expect(t, !drm_gpuvm_interval_empty(vm, START + 8 * PAGE - 1, 1));
	ktap_expect(t, !drm_gpuvm_interval_empty(vm, START + 5 * PAGE, PAGE));
	drm_gpuva_remove(va);
	ktap_expect(t, drm_gpuvm_interval_empty(vm, START, RANGE));
	gt_va_free(va);
}

/* Mappings at pages 1, 3-4, 5 and 9 */
#define ROW 4
static void put_row(struct ktap *t, struct drm_gpuvm *vm,
		    struct drm_gpuva *row[ROW])
{
	row[2] = put_va(t, vm, START + 5 * PAGE, PAGE);
	row[0] = put_va(t, vm, START + PAGE, PAGE);
	row[3] = put_va(t, vm, START + 9 * PAGE, PAGE);
	row[1] = put_va(t, vm, START + 3 * PAGE, 2 * PAGE);
}

static const struct walk {
	u64 from;	/* in half pages, to cut mappings */
	u64 to;
	unsigned int first;
	unsigned int count;
} walks[] = {
	{ 0, 40, 0, 4 },
	{ 0, 2, 0, 0 },
	{ 0, 3, 0, 1 },
	{ 2, 4, 0, 1 },
	{ 3, 6, 0, 1 },
	{ 3, 7, 0, 2 },
	{ 4, 6, 0, 0 },
	{ 6, 10, 1, 1 },
	{ 7, 8, 1, 1 },
	{ 9, 11, 1, 2 },
	{ 9, 19, 1, 3 },
	{ 10, 18, 2, 1 },
	{ 12, 18, 0, 0 },
	{ 18, 20, 3, 1 },
	{ 19, 40, 3, 1 },
	{ 20, 40, 0, 0 },
};

static void iterate_range(struct ktap *t)
{
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &plain);
	struct drm_gpuva *row[ROW], *va, *next;
	const struct walk *w;

	put_row(t, vm, row);
	for (w = walks; w < walks + ARRAY_SIZE(walks); w++) {
		u64 from = START + w->from * PAGE / 2;
		u64 to = START + w->to * PAGE / 2;
		unsigned int n = 0;

		drm_gpuvm_for_each_va_range(va, vm, from, to) {
			if (n >= w->count || va != row[w->first + n])
				ktap_fail(t, "%llu to %llu: number %u is wrong",
					  w->from, w->to, n);
			n++;
		}
		ktap_expect_eq(t, n, w->count);

		n = 0;
		drm_gpuvm_for_each_va_range_safe(va, next, vm, from, to) {
			if (n >= w->count || va != row[w->first + n])
				ktap_fail(t, "%llu to %llu: number %u is wrong",
					  w->from, w->to, n);
			n++;
		}
		ktap_expect_eq(t, n, w->count);
	}
}

static void iterate_all(struct ktap *t)
{
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &plain);
	struct drm_gpuva *row[ROW], *other, *after;
	unsigned int n = 0;

	drm_gpuvm_for_each_va(other, vm)
		n++;
	drm_gpuvm_for_each_va_safe(other, after, vm)
		n++;
	ktap_expect_eq(t, n, 0);

	put_row(t, vm, row);
	drm_gpuvm_for_each_va(other, vm) {
		ktap_assert(t, n < ROW);
		ktap_expect_ptr_eq(t, other, row[n++]);
	}
	ktap_expect_eq(t, n, ROW);
	n = 0;
	drm_gpuvm_for_each_va_safe(other, after, vm) {
		ktap_assert(t, n < ROW);
		ktap_expect_ptr_eq(t, other, row[n++]);
	}
	ktap_expect_eq(t, n, ROW);

	/* The body may leave the loop. */
	n = 0;
	drm_gpuvm_for_each_va(other, vm)
		if (n++ == 1)
			break;
	ktap_expect_ptr_eq(t, other, row[1]);
}

static void iterate_and_remove(struct ktap *t)
{
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &plain);
	struct drm_gpuva *row[ROW], *va, *next;
	unsigned int n = 0;

	put_row(t, vm, row);
	drm_gpuvm_for_each_va_safe(va, next, vm) {
		gt_va_drop(va);
		n++;
	}
	ktap_expect_eq(t, n, ROW);
	ktap_expect(t, drm_gpuvm_interval_empty(vm, START, RANGE));

	n = 0;
	put_row(t, vm, row);
	drm_gpuvm_for_each_va_range_safe(va, next, vm, START + 4 * PAGE,
					 START + 6 * PAGE) {
		gt_va_drop(va);
		n++;
	}
	ktap_expect_eq(t, n, 2);
	ktap_expect(t, drm_gpuvm_interval_empty(vm, START + 2 * PAGE,
						7 * PAGE));
	ktap_expect_ptr_eq(t, drm_gpuva_find(vm, START + PAGE, PAGE), row[0]);
	ktap_expect_ptr_eq(t, drm_gpuva_find(vm, START + 9 * PAGE, PAGE),
			   row[3]);
}

/* As in a split: one mapping is replaced by two smaller ones. */
static void iterate_and_replace(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *vm = gt_vm(gt, &plain);
	struct drm_gpuva *va, *next;
	unsigned int i, n = 0;

	for (i = 0; i < 40; i++)
		put_va(t, vm, START + 4 * i * PAGE, 4 * PAGE);
	drm_gpuvm_for_each_va_range_safe(va, next, vm, START,
					 START + 160 * PAGE) {
		u64 addr = va->va.addr;

		ktap_expect_eq(t, addr, START + 4 * n * PAGE);
		gt_va_drop(va);
		put_va(t, vm, addr + 3 * PAGE, PAGE);
		put_va(t, vm, addr, PAGE);
		n++;
	}
	ktap_expect_eq(t, n, 40);
	n = 0;
	drm_gpuvm_for_each_va(va, vm) {
		ktap_expect_eq(t, va->va.addr, START +
			       (n / 2 * 4 + n % 2 * 3) * PAGE);
		n++;
	}
	ktap_expect_eq(t, n, 80);
}

static void flags(struct ktap *t)
{
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &plain);
	struct drm_gpuva *va = put_va(t, vm, START, PAGE);

	ktap_expect(t, !drm_gpuva_invalidated(va));
	va->flags = DRM_GPUVA_SPARSE | DRM_GPUVA_USERBITS;
	ktap_expect(t, !drm_gpuva_invalidated(va));
	drm_gpuva_invalidate(va, true);
	ktap_expect(t, drm_gpuva_invalidated(va));
	ktap_expect_eq(t, va->flags, DRM_GPUVA_SPARSE | DRM_GPUVA_USERBITS |
				     DRM_GPUVA_INVALIDATED);
	drm_gpuva_invalidate(va, true);
	ktap_expect(t, drm_gpuva_invalidated(va));
	drm_gpuva_remove(va);
	ktap_expect(t, drm_gpuva_invalidated(va));
	ktap_expect_eq(t, drm_gpuva_insert(vm, va), 0);
	ktap_expect(t, drm_gpuva_invalidated(va));
	drm_gpuva_invalidate(va, false);
	ktap_expect(t, !drm_gpuva_invalidated(va));
	ktap_expect_eq(t, va->flags, DRM_GPUVA_SPARSE | DRM_GPUVA_USERBITS);
	/* Each flag is another bit. */
	ktap_expect_eq(t, DRM_GPUVA_INVALIDATED & DRM_GPUVA_SPARSE, 0);
	ktap_expect_eq(t, DRM_GPUVA_USERBITS &
			  (DRM_GPUVA_INVALIDATED | DRM_GPUVA_SPARSE), 0);
}

static void va_init(struct ktap *t)
{
	struct drm_gem_object *obj = gt_extobj(to_gt(t));
	struct drm_gpuva_op_map map = {
		.va = { .addr = 7, .range = 9 },
		.gem = { .offset = 11, .obj = obj },
	};
	struct drm_gpuva *va = gt_va_new(to_gt(t), 1, 2, obj, 3);

	ktap_expect_eq(t, va->va.addr, 1);
	ktap_expect_eq(t, va->va.range, 2);
	ktap_expect_eq(t, va->gem.offset, 3);
	ktap_expect_ptr_eq(t, va->gem.obj, obj);
	drm_gpuva_init_from_op(va, &map);
	ktap_expect_eq(t, va->va.addr, 7);
	ktap_expect_eq(t, va->va.range, 9);
	ktap_expect_eq(t, va->gem.offset, 11);
	ktap_expect_ptr_eq(t, va->gem.obj, obj);
	gt_va_free(va);
}

/* A remembered place must not outlive its mapping. */
static void lookup_is_never_stale(struct ktap *t)
{
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &plain);
	struct drm_gpuva *a = put_va(t, vm, START, PAGE);
	struct drm_gpuva *b = put_va(t, vm, START + 4 * PAGE, PAGE);

	/* The same memory at another address */
	ktap_expect_ptr_eq(t, drm_gpuva_find(vm, START, PAGE), a);
	drm_gpuva_remove(a);
	drm_gpuva_init(a, START + 8 * PAGE, PAGE, NULL, 0);
	ktap_expect(t, !drm_gpuva_find(vm, START, PAGE));
	ktap_expect(t, !drm_gpuva_find(vm, START + 8 * PAGE, PAGE));
	ktap_expect_eq(t, drm_gpuva_insert(vm, a), 0);
	ktap_expect(t, !drm_gpuva_find(vm, START, PAGE));
	ktap_expect_ptr_eq(t, drm_gpuva_find(vm, START + 8 * PAGE, PAGE), a);

	/* Other memory at the same address */
	drm_gpuva_remove(a);
	ktap_expect_ptr_eq(t, drm_gpuva_find_first(vm, START, RANGE), b);
	gt_va_free(a);
	a = put_va(t, vm, START + 8 * PAGE, PAGE);
	ktap_expect_ptr_eq(t, drm_gpuva_find(vm, START + 8 * PAGE, PAGE), a);

	/* In another VM */
	{
		struct drm_gpuvm *other = gt_vm(to_gt(t), &plain);

		ktap_expect_ptr_eq(t, drm_gpuva_find(vm, START + 4 * PAGE,
						     PAGE), b);
		drm_gpuva_remove(b);
		ktap_expect_eq(t, drm_gpuva_insert(other, b), 0);
		ktap_expect_ptr_eq(t, b->vm, other);
		ktap_expect(t, !drm_gpuva_find(vm, START + 4 * PAGE, PAGE));
		ktap_expect_ptr_eq(t, drm_gpuva_find(other, START + 4 * PAGE,
						     PAGE), b);
	}
}

#define MANY 3000

struct many {
	struct drm_gpuvm *vm;
	struct drm_gpuva *va[MANY];
	bool in[MANY];
	u32 order[MANY];
};

/* Four pages for each mapping; the last one stays free. */
static u64 many_addr(u32 i)
{
	return 4 * i * PAGE;
}

static void shuffle(u32 *order, u32 count, struct rnd_state *rnd)
{
	u32 i, j;

	for (i = 0; i < count; i++)
		order[i] = i;
	for (i = count - 1; i; i--) {
		j = prandom_u32_state(rnd) % (i + 1);
		swap(order[i], order[j]);
	}
}

static void many_check(struct ktap *t, struct many *m)
{
	struct drm_gpuva *va;
	u32 i = 0;

	drm_gpuvm_for_each_va(va, m->vm) {
		while (i < MANY && !m->in[i])
			i++;
		if (i == MANY || va != m->va[i]) {
			ktap_fail(t, "0x%llx should not come now", va->va.addr);
			return;
		}
		i++;
	}
	while (i < MANY && !m->in[i])
		i++;
	ktap_expect_eq(t, i, MANY);

	for (i = 0; i < MANY; i++) {
		u64 addr = many_addr(i);
		struct drm_gpuva *want = m->in[i] ? m->va[i] : NULL;

		if (drm_gpuva_find(m->vm, addr, 3 * PAGE) != want ||
		    drm_gpuva_find_first(m->vm, addr + PAGE, PAGE) != want ||
		    drm_gpuva_find_prev(m->vm, addr + 3 * PAGE) != want ||
		    drm_gpuva_find_next(m->vm, addr) != want) {
			ktap_fail(t, "number %u is found wrongly", i);
			return;
		}
	}
	cond_resched();
}

static void many_mappings(struct ktap *t)
{
	static const struct gt_vm_args args = { .range = 4 * MANY * PAGE };
	struct many *m = ktap_kzalloc(t, sizeof(*m));
	struct rnd_state rnd;
	u32 round, i, j;

	prandom_seed_state(&rnd, 1);
	m->vm = gt_vm(to_gt(t), &args);
	for (i = 0; i < MANY; i++)
		m->va[i] = gt_va_new(to_gt(t), many_addr(i), 3 * PAGE, NULL, 0);

	/*
	 * Inserts in ascending, descending and random order, and removes in each of
	 * these.
	 */
	for (round = 0; round < 9; round++) {
		shuffle(m->order, MANY, &rnd);
		for (i = 0; i < MANY; i++) {
			j = round % 3 == 0 ? i : round % 3 == 1 ? MANY - 1 - i :
			    m->order[i];
			ktap_expect_eq(t, drm_gpuva_insert(m->vm, m->va[j]), 0);
			m->in[j] = true;
			if (i == MANY / 2)
				many_check(t, m);
		}
		many_check(t, m);
		shuffle(m->order, MANY, &rnd);
		for (i = 0; i < MANY; i++) {
			j = round / 3 == 0 ? i : round / 3 == 1 ? MANY - 1 - i :
			    m->order[i];
			drm_gpuva_remove(m->va[j]);
			m->in[j] = false;
			if (i == MANY / 2)
				many_check(t, m);
		}
		many_check(t, m);
		if (atomic_read(&t->failures))
			break;
	}
	for (i = 0; i < MANY; i++) {
		if (m->in[i])
			drm_gpuva_remove(m->va[i]);
		gt_va_free(m->va[i]);
	}
}

struct reader {
	struct ktap *t;
	struct drm_gpuvm *vm;
	unsigned int seed;
	unsigned int wrong;
};

#define READ_VAS 512

static void read_forever(void *arg)
{
	struct reader *r = arg;
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, r->seed);
	for (i = 0; i < 20000; i++) {
		u64 nr = prandom_u32_state(&rnd) % READ_VAS;
		struct drm_gpuva *va = drm_gpuva_find(r->vm, nr * PAGE, PAGE);

		if (!va || va->va.addr != nr * PAGE)
			r->wrong++;
		if (i % 64 == r->seed)
			schedule();
	}
}

/* Drivers share the lock between lookups. */
static void readers_side_by_side(struct ktap *t)
{
	static const struct gt_vm_args args = { .range = READ_VAS * PAGE };
	struct reader *r = ktap_kzalloc(t, 3 * sizeof(*r));
	struct ktap_thread *thread = ktap_kzalloc(t, 3 * sizeof(*thread));
	struct drm_gpuvm *vm = gt_vm(to_gt(t), &args);
	unsigned int i;

	for (i = 0; i < READ_VAS; i++)
		put_va(t, vm, i * PAGE, PAGE);
	for (i = 0; i < 3; i++) {
		r[i] = (struct reader){ .t = t, .vm = vm, .seed = i + 1 };
		ktap_expect_eq(t, ktap_thread_start(&thread[i], read_forever,
						    &r[i], "reader"), 0);
	}
	for (i = 0; i < 3; i++) {
		ktap_thread_join(&thread[i]);
		ktap_expect_eq(t, r[i].wrong, 0);
	}
}

static const struct ktap_case gpuvm_va_cases[] = {
	KTAP_CASE(init_sets_fields),
	KTAP_CASE(resv_object_is_an_object),
	KTAP_CASE(vm_holds_resv_object),
	KTAP_CASE(last_put_frees),
	KTAP_CASE(mappings_hold_the_vm),
	KTAP_CASE(refilling_holds_the_vm),
	KTAP_CASE(refused_mapping_holds_nothing),
	KTAP_CASE(range_valid),
	KTAP_CASE(insert_checks_bounds),
	KTAP_CASE(whole_u64_space),
	KTAP_CASE(empty_range_is_refused),
	KTAP_CASE(insert_refuses_overlap),
	KTAP_CASE(find_is_exact),
	KTAP_CASE(find_first_is_lowest_overlap),
	KTAP_CASE(find_neighbours),
	KTAP_CASE(prev_is_not_the_mapping_itself),
	KTAP_CASE(next_is_adjacent),
	KTAP_CASE(kernel_node),
	KTAP_CASE(no_kernel_node_without_range),
	KTAP_CASE(kernel_node_elsewhere),
	KTAP_CASE(kernel_node_stays),
	KTAP_CASE(interval_empty),
	KTAP_CASE(iterate_range),
	KTAP_CASE(iterate_all),
	KTAP_CASE(iterate_and_remove),
	KTAP_CASE(iterate_and_replace),
	KTAP_CASE(flags),
	KTAP_CASE(va_init),
	KTAP_CASE(lookup_is_never_stale),
	KTAP_CASE(many_mappings),
	KTAP_CASE(readers_side_by_side),
	{}
};

const struct ktap_suite gpuvm_va_suite = {
	.name = "gpuvm_va",
	.init = gt_init,
	.cases = gpuvm_va_cases,
};
