// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: mappings
 *
 * Mappings of a VM are in a red-black tree, for searching, and in a list, for
 * stepping to the neighbour.  Mappings never overlap, and so their ends are in
 * the same order as their starts: the first mapping that ends after an address
 * is found in one descent with one comparison per level.  It answers every
 * question asked here, overlaps included, and the tree needs no augmentation.
 *
 * Nothing here allocates, and nothing sleeps except for dropping the last
 * reference to a VM.  The driver's lock for the VM's mappings is held throughout.
 *
 * While a VM has mappings they hold one reference to it, together.
 */

#include <drm/drm_print.h>

#include "internal.h"

static struct drm_gpuva *to_va(struct rb_node *node)
{
	return rb_entry(node, struct drm_gpuva, rb.node);
}

static u64 end_of(const struct drm_gpuva *va)
{
	return va->va.addr + va->va.range;
}

/* The first mapping that ends after @addr, or NULL. */
static struct drm_gpuva *first_ending_after(struct drm_gpuvm *vm, u64 addr)
{
	struct rb_node *node = vm->rb.tree.rb_node;
	struct drm_gpuva *found = NULL;

	while (node) {
		struct drm_gpuva *va = to_va(node);

		if (end_of(va) > addr) {
			found = va;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

/* The mapping that @addr is in, or NULL. */
static struct drm_gpuva *mapping_at(struct drm_gpuvm *vm, u64 addr)
{
	struct drm_gpuva *va = first_ending_after(vm, addr);

	return va && va->va.addr <= addr ? va : NULL;
}

/* Hangs @va into the tree at @slot below @parent, right before @pos in the list. */
static void hang(struct drm_gpuvm *vm, struct drm_gpuva *va, struct rb_node *parent,
		 struct rb_node **slot, struct list_head *pos)
{
	va->vm = vm;
	rb_link_node(&va->rb.node, parent, slot);
	rb_insert_color(&va->rb.node, &vm->rb.tree);
	list_add_tail(&va->rb.entry, pos);
}

/**
 * gpuvm_tree_insert() - puts a mapping into the tree and the list
 * @vm: the VM
 * @va: the mapping; its range is not empty and ends within 64 bits
 *
 * Return: 0, or -EEXIST if it overlaps another.
 */
int gpuvm_tree_insert(struct drm_gpuvm *vm, struct drm_gpuva *va)
{
	struct rb_node **slot = &vm->rb.tree.rb_node, *parent = NULL;
	struct list_head *pos = &vm->rb.list;
	struct drm_gpuva *after = NULL;

	/* Filling up from below is common.  The last has no right child. */
	if (!list_empty(pos)) {
		struct drm_gpuva *last = list_last_entry(pos, struct drm_gpuva, rb.entry);

		if (end_of(last) <= va->va.addr) {
			parent = &last->rb.node;
			slot = &parent->rb_right;
		}
	}

	while (*slot) {
		struct drm_gpuva *here;

		parent = *slot;
		here = to_va(parent);
		if (end_of(here) > va->va.addr) {
			after = here;
			slot = &parent->rb_left;
		} else {
			slot = &parent->rb_right;
		}
	}

	if (after) {
		if (after->va.addr < end_of(va))
			return -EEXIST;
		pos = &after->rb.entry;
	}
	hang(vm, va, parent, slot, pos);
	return 0;
}

/* Puts @va right after @before, where the caller knows it belongs. */
static void insert_after(struct drm_gpuvm *vm, struct drm_gpuva *before,
			 struct drm_gpuva *va)
{
	struct rb_node *parent = &before->rb.node;
	struct rb_node **slot = &parent->rb_right;

	/* The successor is the leftmost below: nothing is on its left. */
	if (*slot) {
		parent = &list_next_entry(before, rb.entry)->rb.node;
		slot = &parent->rb_left;
	}
	hang(vm, va, parent, slot, before->rb.entry.next);
}

/**
 * gpuvm_tree_erase() - takes a mapping out of the tree and the list
 * @va: the mapping, which is in both
 */
void gpuvm_tree_erase(struct drm_gpuva *va)
{
	rb_erase(&va->rb.node, &va->vm->rb.tree);
	list_del_init(&va->rb.entry);
}

/**
 * drm_gpuva_insert() - adds a mapping to a VM
 * @vm: the VM
 * @va: the mapping, after drm_gpuva_init()
 *
 * The caller holds the lock of the VM's mappings.  Any context; never
 * allocates.
 *
 * Return: 0, -EINVAL if drm_gpuvm_range_valid() says no, -EEXIST if the range
 * overlaps a mapping.  Semantics: mainline 6.12, which allows an empty range.
 */
int drm_gpuva_insert(struct drm_gpuvm *vm, struct drm_gpuva *va)
{
	int err;

	if (!drm_gpuvm_range_valid(vm, va->va.addr, va->va.range))
		return -EINVAL;

	err = gpuvm_tree_insert(vm, va);
	if (!err && !vm->rb.count++)
		drm_gpuvm_get(vm);
	return err;
}
EXPORT_SYMBOL_GPL(drm_gpuva_insert);

/**
 * drm_gpuva_remove() - takes a mapping out of its VM
 * @va: the mapping, which is inserted
 *
 * The caller holds the lock of the VM's mappings.  Does not allocate or sleep
 * as long as somebody else has a reference to the VM, see drm_gpuvm_put().
 * Leaves &drm_gpuva.vm set, so that the mapping can be inserted again.
 * Warns and does nothing for &drm_gpuvm.kernel_alloc_node.
 * Semantics: mainline 6.12.
 */
void drm_gpuva_remove(struct drm_gpuva *va)
{
	struct drm_gpuvm *vm = va->vm;

	if (drm_WARN(vm->drm, va == &vm->kernel_alloc_node,
		     "the reserved GPU VA range cannot be removed\n"))
		return;

	gpuvm_tree_erase(va);
	if (!--vm->rb.count)
		drm_gpuvm_put(vm);
}
EXPORT_SYMBOL_GPL(drm_gpuva_remove);

/**
 * drm_gpuva_find_first() - the first mapping that overlaps a range
 * @vm: the VM
 * @addr: first address
 * @range: length; a range that does not end within 64 bits ends there
 *
 * The caller holds the lock of the VM's mappings.  Any context.
 *
 * Return: the mapping, &drm_gpuvm.kernel_alloc_node included, or NULL.
 * Semantics: mainline 6.12; nothing overlaps an empty range.
 */
struct drm_gpuva *drm_gpuva_find_first(struct drm_gpuvm *vm, u64 addr, u64 range)
{
	struct drm_gpuva *va = first_ending_after(vm, addr);

	/* As a distance from @addr: the end may be one too much for 64 bits. */
	if (va && range && (va->va.addr <= addr || va->va.addr - addr < range))
		return va;
	return NULL;
}
EXPORT_SYMBOL_GPL(drm_gpuva_find_first);

/**
 * drm_gpuva_find() - the mapping of exactly this range
 * @vm: the VM
 * @addr: first address
 * @range: length
 *
 * The caller holds the lock of the VM's mappings.  Any context.
 *
 * Return: the mapping or NULL.  Semantics: mainline 6.12.
 */
struct drm_gpuva *drm_gpuva_find(struct drm_gpuvm *vm, u64 addr, u64 range)
{
	struct drm_gpuva *va = first_ending_after(vm, addr);

	return va && va->va.addr == addr && va->va.range == range ? va : NULL;
}
EXPORT_SYMBOL_GPL(drm_gpuva_find);

/**
 * drm_gpuva_find_prev() - the mapping right below an address
 * @vm: the VM
 * @start: the address, as a rule the start of a mapping
 *
 * The caller holds the lock of the VM's mappings.  Any context.
 *
 * Return: the mapping that @start - 1 is in; NULL if there is none, if the VM
 * begins at @start or if what is below is kept from user space.
 * Semantics: mainline 6.12, which may return the mapping that starts at @start.
 */
struct drm_gpuva *drm_gpuva_find_prev(struct drm_gpuvm *vm, u64 start)
{
	return drm_gpuvm_range_valid(vm, start - 1, 1) ? mapping_at(vm, start - 1) : NULL;
}
EXPORT_SYMBOL_GPL(drm_gpuva_find_prev);

/**
 * drm_gpuva_find_next() - the mapping right above an address
 * @vm: the VM
 * @end: the address, as a rule the end of a mapping
 *
 * The caller holds the lock of the VM's mappings.  Any context.
 *
 * Return: the mapping that @end is in; NULL if there is none, if the VM ends at
 * @end or if what is above is kept from user space.
 * Semantics: mainline 6.12, which may return the mapping that starts at
 * @end + 1.
 */
struct drm_gpuva *drm_gpuva_find_next(struct drm_gpuvm *vm, u64 end)
{
	return drm_gpuvm_range_valid(vm, end, 1) ? mapping_at(vm, end) : NULL;
}
EXPORT_SYMBOL_GPL(drm_gpuva_find_next);

/**
 * drm_gpuvm_interval_empty() - tells whether nothing is mapped in a range
 * @vm: the VM
 * @addr: first address
 * @range: length
 *
 * The caller holds the lock of the VM's mappings.  Any context.
 *
 * Return: whether drm_gpuva_find_first() finds nothing.
 * Semantics: mainline 6.12.
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
 * @op: what it maps
 *
 * drm_gpuva_init_from_op() and drm_gpuva_insert(), under the same rules.  The
 * latter cannot fail for an operation of a request that GPUVM split; for any
 * other its error is lost.  Semantics: mainline 6.12.
 */
void drm_gpuva_map(struct drm_gpuvm *vm, struct drm_gpuva *va,
		   struct drm_gpuva_op_map *op)
{
	drm_gpuva_init_from_op(va, op);
	drm_gpuva_insert(vm, va);
}
EXPORT_SYMBOL_GPL(drm_gpuva_map);

/* Whether the parts that @op leaves lie in what they are parts of, in order. */
static bool remap_fits(const struct drm_gpuva_op_remap *op)
{
	const struct drm_gpuva_op_map *part[] = { op->prev, op->next };
	u64 from = op->unmap->va->va.addr;
	u64 to = end_of(op->unmap->va);
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
 * @op->unmap->va is taken out of the VM.  It may be reused as @prev or as
 * @next.  The caller holds the lock of the VM's mappings.  Never allocates.
 * Semantics: mainline 6.12.
 */
void drm_gpuva_remap(struct drm_gpuva *prev, struct drm_gpuva *next,
		     struct drm_gpuva_op_remap *op)
{
	struct drm_gpuva *old = op->unmap->va;
	struct drm_gpuva *heir = op->prev ? prev : next;
	struct drm_gpuvm *vm = old->vm;

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
	 * The parts have no other neighbours than the whole had: one takes its
	 * place as it is, the other goes right behind.  Nothing is searched.
	 */
	if (heir != old) {
		rb_replace_node(&old->rb.node, &heir->rb.node, &vm->rb.tree);
		list_replace_init(&old->rb.entry, &heir->rb.entry);
		heir->vm = vm;
	}
	drm_gpuva_init_from_op(heir, op->prev ?: op->next);

	if (op->prev && op->next) {
		drm_gpuva_init_from_op(next, op->next);
		insert_after(vm, heir, next);
		vm->rb.count++;
	}
}
EXPORT_SYMBOL_GPL(drm_gpuva_remap);

/**
 * drm_gpuva_unmap() - carries out an unmap operation
 * @op: the operation
 *
 * drm_gpuva_remove(), under the same rules.  Semantics: mainline 6.12.
 */
void drm_gpuva_unmap(struct drm_gpuva_op_unmap *op)
{
	drm_gpuva_remove(op->va);
}
EXPORT_SYMBOL_GPL(drm_gpuva_unmap);
