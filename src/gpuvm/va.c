// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: mappings
 *
 * Inserts, removes and finds mappings, and carries out operations: the tree of tree.c
 * with range checks and references.  A function here sleeps only if it drops the last
 * reference to a VM.  No function fails for lack of memory.
 *
 * Locking: the driver's lock of the VM's mappings, shared for functions that only read.
 *
 * Complexity: that of the tree.  All mappings of a VM together hold one reference to
 * the VM.
 */

#include <drm/drm_print.h>

#include "internal.h"
#include "tree.h"

/* Returns the mapping that contains @addr, or NULL. */
static struct drm_gpuva *mapping_at(struct drm_gpuvm *vm, u64 addr)
{
	u64 end;
	struct drm_gpuva *va = gpuvm_tree_first(vm, addr, &end);

	return va && va->va.addr <= addr ? va : NULL;
}

/**
 * drm_gpuva_insert() - inserts a mapping into a VM
 * @vm: the VM
 * @va: the mapping, after drm_gpuva_init()
 *
 * The caller holds the lock of the VM's mappings.  Any context.  Does not fail for lack
 * of memory.
 *
 * Return: 0, -EINVAL if the range is not valid for drm_gpuvm_range_valid(), -EEXIST if
 * the range overlaps a mapping.  Semantics: mainline 6.12, which allows an empty range.
 */
int drm_gpuva_insert(struct drm_gpuvm *vm, struct drm_gpuva *va)
{
	int err;

	if (!gpuvm_range_valid(vm, va->va.addr, va->va.range))
		return -EINVAL;

	err = gpuvm_tree_insert(vm, va);
	if (err)
		return err;
	if (!gpuvm_tree_of(vm)->count++)
		drm_gpuvm_get(vm);
	gpuvm_tree_changed(vm);
	return 0;
}
EXPORT_SYMBOL_GPL(drm_gpuva_insert);

/**
 * drm_gpuva_remove() - removes a mapping from its VM
 * @va: the mapping, which is inserted
 *
 * The caller holds the lock of the VM's mappings.  Does not allocate.  Sleeps only if
 * the last mapping holds the last reference to the VM, see drm_gpuvm_put().  Leaves
 * &drm_gpuva.vm set, so that the driver can insert the mapping again.  Warns and does
 * nothing for &drm_gpuvm.kernel_alloc_node.  Semantics: mainline 6.12.
 */
void drm_gpuva_remove(struct drm_gpuva *va)
{
	struct drm_gpuvm *vm = gpuvm_of(va);
	struct gpuvm_place at;

	if (drm_WARN(vm->drm, va == &vm->kernel_alloc_node,
		     "the reserved GPU VA range cannot be removed\n"))
		return;
	if (!gpuvm_tree_locate(va, &at))
		return;

	gpuvm_tree_erase(gpuvm_tree_of(vm), va, &at);
	gpuvm_tree_of(vm)->count--;
	gpuvm_tree_changed(vm);
	if (!gpuvm_tree_of(vm)->count)
		drm_gpuvm_put(vm);
}
EXPORT_SYMBOL_GPL(drm_gpuva_remove);

/**
 * drm_gpuva_find_first() - finds the first mapping that overlaps a range
 * @vm: the VM
 * @addr: first address
 * @range: length; a range that overflows 64 bits ends there
 *
 * The caller holds the lock of the VM's mappings.  Any context.
 *
 * Return: the mapping, which may be &drm_gpuvm.kernel_alloc_node, or NULL.
 * Semantics: mainline 6.12.  Nothing overlaps an empty range.
 */
struct drm_gpuva *drm_gpuva_find_first(struct drm_gpuvm *vm, u64 addr, u64 range)
{
	u64 end;
	struct drm_gpuva *va = gpuvm_tree_first(vm, addr, &end);

	/* Compare distances from @addr: @addr + @range may overflow. */
	if (va && range && (va->va.addr <= addr || va->va.addr - addr < range))
		return va;
	return NULL;
}
EXPORT_SYMBOL_GPL(drm_gpuva_find_first);

/**
 * drm_gpuva_find() - finds the mapping of exactly this range
 * @vm: the VM
 * @addr: first address
 * @range: length
 *
 * The caller holds the lock of the VM's mappings.  Any context.
 *
 * Return: the mapping, or NULL.  Semantics: mainline 6.12.
 */
struct drm_gpuva *drm_gpuva_find(struct drm_gpuvm *vm, u64 addr, u64 range)
{
	u64 end;
	struct drm_gpuva *va = gpuvm_tree_first(vm, addr, &end);

	return va && va->va.addr == addr && end - addr == range ? va : NULL;
}
EXPORT_SYMBOL_GPL(drm_gpuva_find);

/**
 * drm_gpuva_find_prev() - finds the mapping right below an address
 * @vm: the VM
 * @start: the address, usually the start of a mapping
 *
 * The caller holds the lock of the VM's mappings.  Any context.
 *
 * Return: the mapping that contains @start - 1.  NULL if there is no such mapping, if
 * the VM starts at @start, or if the reserved range is there.
 * Semantics: mainline 6.12, which may return the mapping that starts at @start.
 */
struct drm_gpuva *drm_gpuva_find_prev(struct drm_gpuvm *vm, u64 start)
{
	return gpuvm_range_valid(vm, start - 1, 1) ? mapping_at(vm, start - 1) : NULL;
}
EXPORT_SYMBOL_GPL(drm_gpuva_find_prev);

/**
 * drm_gpuva_find_next() - finds the mapping right above an address
 * @vm: the VM
 * @end: the address, usually the end of a mapping
 *
 * The caller holds the lock of the VM's mappings.  Any context.
 *
 * Return: the mapping that contains @end.  NULL if there is no such mapping, if the VM
 * ends at @end, or if the reserved range is there.  Semantics: mainline 6.12, which may
 * return the mapping that starts at @end + 1.
 */
struct drm_gpuva *drm_gpuva_find_next(struct drm_gpuvm *vm, u64 end)
{
	return gpuvm_range_valid(vm, end, 1) ? mapping_at(vm, end) : NULL;
}
EXPORT_SYMBOL_GPL(drm_gpuva_find_next);

/**
 * drm_gpuvm_interval_empty() - checks whether a range has no mapping
 * @vm: the VM
 * @addr: first address
 * @range: length
 *
 * The caller holds the lock of the VM's mappings.  Any context.
 *
 * Return: true if drm_gpuva_find_first() finds no mapping.  Semantics: mainline 6.12.
 */
bool drm_gpuvm_interval_empty(struct drm_gpuvm *vm, u64 addr, u64 range)
{
	return !drm_gpuva_find_first(vm, addr, range);
}
EXPORT_SYMBOL_GPL(drm_gpuvm_interval_empty);

/**
 * drm_gpuva_map() - carries out a map operation
 * @vm: the VM
 * @va: the new mapping
 * @op: the operation
 *
 * Calls drm_gpuva_init_from_op() and drm_gpuva_insert(), under their rules.
 * drm_gpuva_insert() does not fail for an operation of a request that GPUVM split.  For
 * any other operation its error is lost.  Semantics: mainline 6.12.
 */
void drm_gpuva_map(struct drm_gpuvm *vm, struct drm_gpuva *va,
		   const struct drm_gpuva_op_map *op)
{
	drm_gpuva_init_from_op(va, op);
	drm_gpuva_insert(vm, va);
}
EXPORT_SYMBOL_GPL(drm_gpuva_map);

/*
 * Returns whether the parts that @op leaves lie in the old mapping, in order of
 * addresses.
 */
static bool remap_fits(const struct drm_gpuva_op_remap *op)
{
	const struct drm_gpuva_op_map *part[] = { op->prev, op->next };
	u64 from = op->unmap->va->va.addr;
	u64 to = gpuvm_va_end(op->unmap->va);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(part); i++) {
		if (!part[i])
			continue;
		if (!part[i]->va.range || part[i]->va.addr < from ||
		    part[i]->va.addr >= to || part[i]->va.range > to - part[i]->va.addr)
			return false;
		from = part[i]->va.addr + part[i]->va.range;
	}
	return op->prev || op->next;
}

/**
 * drm_gpuva_remap() - carries out a remap operation
 * @prev: the new mapping below the hole, if @op->prev is set
 * @next: the new mapping above the hole, if @op->next is set
 * @op: the operation
 *
 * Removes @op->unmap->va from the VM.  The driver may reuse this mapping as @prev or as
 * @next.  The caller holds the lock of the VM's mappings.  Does not fail for lack of
 * memory.  Semantics: mainline 6.12.
 */
void drm_gpuva_remap(struct drm_gpuva *prev, struct drm_gpuva *next,
		     const struct drm_gpuva_op_remap *op)
{
	struct drm_gpuva *old = op->unmap->va;
	struct drm_gpuva *heir = op->prev ? prev : next;
	struct drm_gpuvm *vm = gpuvm_of(old);
	struct gpuvm_place at;

	if (old == &vm->kernel_alloc_node || !remap_fits(op)) {
		drm_gpuvm_get(vm);
		drm_gpuva_remove(old);
		if (op->prev)
			drm_gpuva_map(vm, prev, op->prev);
		if (op->next)
			drm_gpuva_map(vm, next, op->next);
		drm_gpuvm_put(vm);
		return;
	}

	/*
	 * The parts have the neighbours of the old mapping: one part takes its place in
	 * the tree, the other follows.
	 */
	if (!gpuvm_tree_locate(old, &at))
		return;
	drm_gpuva_init_from_op(heir, op->prev ?: op->next);
	if (op->prev && op->next) {
		drm_gpuva_init_from_op(next, op->next);
		gpuvm_tree_of(vm)->count++;
	}
	gpuvm_tree_replace(vm, &at, heir, op->prev && op->next ? next : NULL);
	gpuvm_tree_changed(vm);
}
EXPORT_SYMBOL_GPL(drm_gpuva_remap);

/**
 * drm_gpuva_unmap() - carries out an unmap operation
 * @op: the operation
 *
 * Calls drm_gpuva_remove(), under the same rules.  Semantics: mainline 6.12.
 */
void drm_gpuva_unmap(const struct drm_gpuva_op_unmap *op)
{
	drm_gpuva_remove(op->va);
}
EXPORT_SYMBOL_GPL(drm_gpuva_unmap);
