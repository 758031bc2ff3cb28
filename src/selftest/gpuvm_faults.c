// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Tests of failing allocations, and of a macro that used the wrong variable

#include "gpuvm_kmem.h"
#include "gpuvm_oracle.h"
#include "suites.h"

static const struct gt_vm_args big_bare = {
	.start = START, .range = 0x10000 * PAGE, .ops = &gt_bare_ops,
};

static const struct gt_vm_args counted = {
	.start = START, .range = 0x10000 * PAGE,
};

static void detach(void *arg)
{
	gt_kmem_detach();
}

/*
 * Watches the allocator until the end of the case.  Call this before the case has
 * anything to clean up: it may skip the case.
 */
static void watch(struct ktap *t)
{
	int ret = gt_kmem_attach();

	ktap_defer(t, detach, NULL);
	if (ret)
		ktap_skip(t, "this kernel has no kretprobes on its allocator");
}

/* The watch sees an allocation that fails and one that leaks. */
static void the_watch_works(struct ktap *t)
{
	struct gt_kmem mem;
	void *a, *b;

	watch(t);
	gt_kmem_begin(GT_KMEM_NONE);
	a = kmalloc(32, GFP_KERNEL);
	b = kmemdup(&mem, sizeof(mem), GFP_KERNEL);
	kfree(a);
	gt_kmem_end(&mem);
	ktap_expect_eq(t, mem.allocs, 2);
	ktap_expect_eq(t, mem.failed, 0);
	ktap_expect_eq(t, mem.leaked, 1);
	kfree(b);

	gt_kmem_begin(2);
	a = kzalloc(32, GFP_KERNEL);
	b = kmemdup(&mem, sizeof(mem), GFP_KERNEL);
	gt_kmem_end(&mem);
	ktap_expect(t, a);
	ktap_expect(t, !b);
	ktap_expect_eq(t, mem.failed, 1);
	ktap_expect_eq(t, mem.leaked, 1);
	kfree(a);

	gt_kmem_begin(GT_KMEM_ALL);
	a = kmalloc_array(3, 100, GFP_KERNEL);
	gt_kmem_end(&mem);
	ktap_expect(t, !a);
	ktap_expect_eq(t, mem.leaked, 0);
	ktap_expect_eq(t, mem.missed, 0);
}

/* Cuts one mapping in the middle, or one end of each of two mappings. */
static struct drm_gpuva_ops *cut(struct drm_gpuvm *vm, unsigned int how,
				 struct drm_gem_object *obj)
{
	switch (how) {
	case 0:
		return drm_gpuvm_sm_map_ops_create(vm, START + 4 * PAGE,
						   2 * PAGE, obj, 0);
	case 1:
		return drm_gpuvm_sm_unmap_ops_create(vm, START + 4 * PAGE,
						     2 * PAGE);
	case 2:
		return drm_gpuvm_sm_map_ops_create(vm, START + 4 * PAGE,
						   8 * PAGE, obj, 0);
	case 3:
		return drm_gpuvm_sm_unmap_ops_create(vm, START + 4 * PAGE,
						     8 * PAGE);
	default:
		return drm_gpuvm_prefetch_ops_create(vm, START, 16 * PAGE);
	}
}

/*
 * Lets a VM allocate what it keeps for insertions without memory: this is no leak, and
 * nothing fails without it.
 */
static void fill_reserve(struct ktap *t, struct drm_gpuvm *vm)
{
	struct drm_gpuva_ops *ops;

	ops = drm_gpuvm_sm_unmap_ops_create(vm, START, PAGE);
	if (ktap_expect(t, !IS_ERR(ops)))
		drm_gpuva_ops_free(vm, ops);
}

static void every_allocation_fails_once(struct ktap *t,
					const struct gt_vm_args *args)
{
	struct gt *gt = to_gt(t);
	struct drm_gem_object *obj;
	struct drm_gpuva_ops *ops;
	struct drm_gpuvm *vm;
	struct gt_kmem mem;
	unsigned int how, leaked = 0;
	int at;

	watch(t);
	vm = gt_vm(gt, args);
	obj = gt_extobj(gt);
	gt_va_insert(gt, vm, START, 8 * PAGE, obj, 0);
	gt_va_insert(gt, vm, START + 8 * PAGE, 8 * PAGE, obj, 8 * PAGE);
	fill_reserve(t, vm);
	for (how = 0; how < 5; how++) {
		for (at = 1; at < 64; at++) {
			gt_kmem_begin(at);
			ops = cut(vm, how, obj);
			if (!IS_ERR(ops))
				drm_gpuva_ops_free(vm, ops);
			gt_kmem_end(&mem);
			ktap_expect_eq(t, mem.missed, 0);
			leaked += mem.leaked;
			if (!mem.failed)
				break;
			ktap_expect_ptr_eq(t, ops, ERR_PTR(-ENOMEM));
			ktap_expect_eq(t, atomic_read(&gt->ops), 0);
		}
		/* At least one allocation could fail, and at last none did. */
		ktap_expect_gt(t, at, 1);
		ktap_expect_lt(t, at, 64);
		ktap_expect(t, !IS_ERR(ops));
	}
	if (gt_differs(t, GT_DIFF_REMAP_LEAK))
		/* In each of the four cuts mainline leaks the last copy of one remap. */
		ktap_expect_eq(t, leaked, 4);
	else
		ktap_expect_eq(t, leaked, 0);
	/* The failures have not changed the VM. */
	ktap_expect(t, drm_gpuva_find(vm, START, 8 * PAGE));
	ktap_expect(t, drm_gpuva_find(vm, START + 8 * PAGE, 8 * PAGE));
}

static void ops_survive_allocation_errors(struct ktap *t)
{
	every_allocation_fails_once(t, &big_bare);
}

static void ops_survive_them_with_callbacks(struct ktap *t)
{
	every_allocation_fails_once(t, &counted);
}

static void vm_bo_survives_allocation_errors(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm_bo *vm_bo = NULL;
	struct drm_gem_object *obj;
	struct drm_gpuvm *vm;
	struct drm_exec exec;
	struct gt_kmem mem;
	int at;

	watch(t);
	vm = gt_vm_new(gt, &big_bare);
	obj = gt_extobj(gt);
	fill_reserve(t, vm);
	gt_lock(gt, &exec, vm, obj);
	for (at = 1; at < 16; at++) {
		gt_kmem_begin(at);
		vm_bo = drm_gpuvm_bo_obtain(vm, obj);
		gt_kmem_end(&mem);
		if (!mem.failed)
			break;
		ktap_expect_ptr_eq(t, vm_bo, ERR_PTR(-ENOMEM));
		ktap_expect_eq(t, mem.leaked, 0);
	}
	ktap_expect_gt(t, at, 1);
	if (ktap_expect(t, !IS_ERR_OR_NULL(vm_bo)))
		ktap_expect(t, drm_gpuvm_bo_put(vm_bo));
	gt_unlock(&exec);
	drm_gpuvm_put(vm);
	ktap_expect_eq(t, atomic_read(&gt->vms), 0);
}

/*
 * Insertion runs in a fence signalling critical path, so it must not depend on memory.
 * Allocations fail only during each step: the mappings are allocated before.
 */
static void insertion_needs_no_memory(struct ktap *t)
{
	enum { COUNT = 1500 };
	struct gt *gt = to_gt(t);
	struct drm_gpuva **va, *each;
	struct drm_gpuvm *vm;
	struct gt_kmem mem;
	unsigned int i, n = 0;
	int ret = 0;

	watch(t);
	vm = gt_vm(gt, &big_bare);
	va = ktap_kzalloc(t, COUNT * sizeof(*va));
	for (i = 0; i < COUNT; i++) {
		/* The stride has no common factor with the count. */
		u64 page = (u64)i * 601 % COUNT;

		va[i] = gt_va_new(gt, START + 2 * page * PAGE, 2 * PAGE, NULL,
				  0);
	}
	gt_kmem_begin(GT_KMEM_ALL);
	for (i = 0; i < COUNT && !ret; i++)
		ret = drm_gpuva_insert(vm, va[i]);
	gt_kmem_end(&mem);
	ktap_expect_eq(t, ret, 0);
	ktap_expect_eq(t, mem.missed, 0);
	ktap_expect_eq(t, i, COUNT);
	drm_gpuvm_for_each_va(each, vm)
		ktap_expect_eq(t, each->va.addr, START + 2 * n++ * PAGE);
	ktap_expect_eq(t, n, COUNT);
}

/*
 * Splitting needs no memory either: one mapping becomes two, and another fills the
 * hole.
 */
static void splitting_needs_no_memory(struct ktap *t)
{
	enum { COUNT = 300 };
	struct gt *gt = to_gt(t);
	struct drm_gpuva **va, *each;
	struct drm_gpuvm *vm;
	struct gt_kmem mem;
	unsigned int i, n = 0;

	watch(t);
	vm = gt_vm(gt, &big_bare);
	va = ktap_kzalloc(t, 4 * COUNT * sizeof(*va));
	for (i = 0; i < COUNT; i++) {
		va[i] = gt_va_insert(gt, vm, START + 4 * i * PAGE, 4 * PAGE,
				     NULL, 0);
		va[COUNT + i] = gt_va_blank(gt);
		va[2 * COUNT + i] = gt_va_blank(gt);
		va[3 * COUNT + i] = gt_va_blank(gt);
	}
	gt_kmem_begin(GT_KMEM_ALL);
	for (i = 0; i < COUNT; i++) {
		u64 addr = START + 4 * i * PAGE;
		struct drm_gpuva_op_map prev = {
			.va = { .addr = addr, .range = PAGE },
		};
		struct drm_gpuva_op_map next = {
			.va = { .addr = addr + 2 * PAGE, .range = 2 * PAGE },
		};
		struct drm_gpuva_op_map map = {
			.va = { .addr = addr + PAGE, .range = PAGE },
		};
		struct drm_gpuva_op_unmap unmap = { .va = va[i] };
		struct drm_gpuva_op_remap remap = {
			.prev = &prev, .next = &next, .unmap = &unmap,
		};

		drm_gpuva_remap(va[COUNT + i], va[2 * COUNT + i], &remap);
		drm_gpuva_map(vm, va[3 * COUNT + i], &map);
	}
	gt_kmem_end(&mem);
	for (i = 0; i < COUNT; i++)
		gt_va_free(va[i]);
	ktap_expect_eq(t, mem.missed, 0);
	drm_gpuvm_for_each_va(each, vm) {
		static const unsigned int at[] = { 0, 1, 2 };

		ktap_expect_eq(t, each->va.addr,
			       START + (n / 3 * 4 + at[n % 3]) * PAGE);
		n++;
	}
	ktap_expect_eq(t, n, 3 * COUNT);
}

/* The iterators use their arguments, whatever variables are in scope. */
static void iterator_walks_its_argument(struct ktap *t)
{
	struct gt *gt = to_gt(t);
	struct drm_gpuvm *gpuvm = gt_vm(gt, &counted);
	struct drm_gem_object *first = gt_extobj(gt), *second = gt_extobj(gt);
	struct drm_gpuvm_bo *vm_bo = gt_obtain(gt, gpuvm, first);
	struct drm_gpuvm_bo *mapped = gt_obtain(gt, gpuvm, second);
	struct drm_gpuva *mapping, *after, *va;
	unsigned int n = 0, safe = 0;
	struct drm_exec exec;

	gt_va_link(gt, gpuvm, START, PAGE, first, 0);
	va = gt_va_link(gt, gpuvm, START + PAGE, PAGE, second, 0);
	gt_va_link(gt, gpuvm, START + 2 * PAGE, PAGE, second, PAGE);

	gt_lock(gt, &exec, gpuvm, second);
	drm_gpuvm_bo_for_each_va(mapping, mapped)
		n += mapping->gem.obj == second;
	drm_gpuvm_bo_for_each_va_safe(mapping, after, mapped)
		safe += mapping->gem.obj == second;
	gt_unlock(&exec);
	if (gt_differs(t, GT_DIFF_BO_FOR_EACH_VA)) {
		ktap_expect_eq(t, n, 0);
	} else {
		ktap_expect_eq(t, n, 2);
		ktap_expect_eq(t, safe, 2);
	}
	gt_put(gt, vm_bo);
	gt_put(gt, mapped);

	/* Names other than those that the macros might use */
	n = 0;
	drm_gpuvm_for_each_va(mapping, gpuvm)
		n++;
	drm_gpuvm_for_each_va_safe(mapping, after, gpuvm)
		n++;
	drm_gpuvm_for_each_va_range(mapping, gpuvm, START, START + 2 * PAGE)
		n++;
	drm_gpuvm_for_each_va_range_safe(mapping, after, gpuvm, START,
					 START + 2 * PAGE)
		n++;
	ktap_expect_eq(t, n, 10);
	ktap_expect_eq(t, va->va.addr, START + PAGE);
}

static const struct ktap_case gpuvm_faults_cases[] = {
	KTAP_CASE(the_watch_works),
	KTAP_CASE(ops_survive_allocation_errors),
	KTAP_CASE(ops_survive_them_with_callbacks),
	KTAP_CASE(vm_bo_survives_allocation_errors),
	KTAP_CASE(insertion_needs_no_memory),
	KTAP_CASE(splitting_needs_no_memory),
	KTAP_CASE(iterator_walks_its_argument),
	{}
};

const struct ktap_suite gpuvm_faults_suite = {
	.name = "gpuvm_faults",
	.init = gt_init,
	.cases = gpuvm_faults_cases,
};
