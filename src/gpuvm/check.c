// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Checks every invariant of the tree of mappings that tree.c describes.  For tests and
 * for debug kernels: those with CONFIG_PROVE_LOCKING.
 *
 * Locking: the driver's lock of the VM's mappings, exclusively.
 *
 * Complexity: O(n).
 */

#include <linux/bitops.h>
#include <linux/export.h>

#include <drm/drm_print.h>

#include "internal.h"
#include "tree.h"

/* What the check has seen so far, in order of addresses */
struct tree_check {
	struct drm_gpuvm *vm;
	const struct gpuvm_leaf *leaf;	/* the previous leaf */
	u64 end;				/* of the previous mapping */
	unsigned long mappings, spilled;
	bool hint;
	const char *fault;			/* the first fault, or NULL */
};

static bool expect(struct tree_check *c, bool holds, const char *invariant)
{
	if (!holds && !c->fault)
		c->fault = invariant;
	return holds;
}

/* Checks the range of the next mapping, which lies below a child from @lower to @upper. */
static void check_va(struct tree_check *c, const struct drm_gpuva *va, u64 lower, u64 upper)
{
	const u64 end = va->va.addr + va->va.range;

	expect(c, va->vm == c->vm, "a mapping has the VM of its tree");
	expect(c, end > va->va.addr, "a mapping is not empty and does not overflow");
	expect(c, va->va.addr >= c->end, "mappings are in order and do not overlap");
	expect(c, va->va.addr >= lower, "no mapping starts below its lower bound");
	expect(c, end <= upper, "no mapping ends above its upper bound");
	c->end = end;
	c->mappings++;
}

static void check_leaf(struct tree_check *c, const struct gpuvm_leaf *leaf, u64 lower,
		       u64 upper)
{
	const struct gpuvm_tree *tree = gpuvm_tree_of(c->vm);
	const struct drm_gpuva *va;
	unsigned int i, count = 0;

	expect(c, IS_ALIGNED((unsigned long)leaf, GPUVM_NODE_SIZE),
	       "a leaf has the alignment of its size");
	expect(c, leaf->prev == c->leaf, "a leaf points to the previous one");
	expect(c, c->leaf ? c->leaf->next == leaf : leaf == gpuvm_first_leaf(tree),
	       "the list of leaves starts with the first and has the order of the tree");
	expect(c, !(leaf->used >> (GPUVM_LEAF_SIZE - 1) >> 1), "only slots are in use");
	expect(c, leaf->count || leaf == gpuvm_first_leaf(tree),
	       "only the first leaf may be empty");
	for (i = 0; i < GPUVM_LEAF_SIZE; i++) {
		expect(c, !i || leaf->end[i - 1] <= leaf->end[i], "the ends of a leaf are sorted");
		if (!(leaf->used >> i & 1))
			continue;
		count++;
		va = leaf->va[i];
		expect(c, va->place == (unsigned long)&leaf->va[i], "a mapping points to its slot");
		expect(c, leaf->end[i] == gpuvm_va_end(va), "a slot has the end of its mapping");
		expect(c, !i || leaf->end[i - 1] <= va->va.addr,
		       "a mapping starts after the slot before it ends");
		check_va(c, va, lower, upper);
	}
	expect(c, leaf->count == count, "a leaf has as many mappings as it says");
	expect(c, leaf->vm == c->vm, "a leaf points to its VM");
	expect(c, leaf->lower == lower && leaf->upper == upper,
	       "a leaf has the bounds that inner nodes have for it");
	expect(c, !leaf->tail || count == GPUVM_LEAF_SIZE,
	       "a leaf that is not full has a slot for each mapping");
	expect(c, leaf->tail || (!leaf->spill && !leaf->tails),
	       "the last mapping without a slot is on the list");
	/* Wrong pointers must not be followed. */
	if (c->fault)
		return;
	for (va = gpuvm_spill_first(leaf, 0); va;
	     va = gpuvm_spill_first(leaf, gpuvm_va_end(va))) {
		if (!expect(c, va->place & 1, "a spilled mapping says so"))
			break;
		check_va(c, va, lower, upper);
		c->spilled++;
	}
	c->hint = c->hint || leaf == tree->hint;
	c->leaf = leaf;
}

static void check_node(struct tree_check *c, void *node, unsigned int height, u64 lower,
		       u64 upper)
{
	const struct gpuvm_inner *inner = node;
	unsigned int i;

	if (c->fault)
		return;
	if (!height) {
		check_leaf(c, node, lower, upper);
		return;
	}
	if (!expect(c, inner->count && inner->count <= GPUVM_FANOUT,
		    "an inner node has children, and not too many"))
		return;
	for (i = 0; i < GPUVM_FANOUT + 1; i++) {
		const u64 bound = inner->bound[i];
		bool sorted = bound >= (i ? inner->bound[i - 1] : lower) && bound <= upper;

		if (i + 1 >= inner->count)
			expect(c, bound == U64_MAX, "there are only bounds between children");
		else
			expect(c, sorted, "bounds are sorted and lie between those of the parent");
	}
	for (i = 0; i < inner->count; i++)
		check_node(c, inner->child[i], height - 1, i ? inner->bound[i - 1] : lower,
			   i + 1 < inner->count ? inner->bound[i] : upper);
}

/**
 * gpuvm_tree_check() - checks the invariants of a tree
 * @vm: the VM
 *
 * The caller holds the lock of the VM's mappings exclusively.
 *
 * Return: NULL, or the invariant that does not hold.
 */
const char *gpuvm_tree_check(struct drm_gpuvm *vm)
{
	const struct gpuvm_tree *tree = gpuvm_tree_of(vm);
	struct tree_check c = { .vm = vm };
	const struct llist_node *spare;
	int reserved = 0;

	if (!expect(&c, tree->height <= GPUVM_MAX_HEIGHT, "the tree is not too high"))
		return c.fault;
	expect(&c, !tree->height || ((const struct gpuvm_inner *)tree->root)->count > 1,
	       "the root has two children");
	check_node(&c, tree->root, tree->height, 0, U64_MAX);
	/* The rest compares with what the walk has counted. */
	if (c.fault)
		return c.fault;
	expect(&c, !c.leaf->next, "the list of leaves ends with the last");
	expect(&c, c.hint, "the hint is a leaf of the tree");
	expect(&c, tree->cursor < 32, "the bitmap of slots can be shifted by the cursor");
	expect(&c, c.mappings == tree->count + !!vm->kernel_alloc_node.place,
	       "the tree has as many mappings as it says");
	expect(&c, c.spilled == tree->spilled, "as many mappings spilled as the tree says");
	/* Calls that create a vm_bo add to the reserve without a lock. */
	for (spare = smp_load_acquire(&tree->reserve.first); spare; spare = spare->next)
		reserved++;
	expect(&c, reserved <= atomic_read(&tree->reserved),
	       "the reserve has no more nodes than it says");
	return c.fault;
}
EXPORT_SYMBOL_GPL(gpuvm_tree_check);

/**
 * gpuvm_tree_changed() - checks a tree now and then
 * @vm: the VM, one of whose mappings has been inserted or removed
 *
 * Checks the tree after as many changes as the tree has mappings: the cost of a change
 * grows by a constant.
 */
void gpuvm_tree_changed(struct drm_gpuvm *vm)
{
	struct gpuvm_tree *tree = gpuvm_tree_of(vm);
	const char *fault;

	if (tree->unchecked++ < tree->count)
		return;
	tree->unchecked = 0;
	fault = gpuvm_tree_check(vm);
	drm_WARN(vm->drm, fault, "GPU VA mappings: not so: %s\n", fault);
}
