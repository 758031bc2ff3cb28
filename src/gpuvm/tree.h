/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The part of tree.c that is worth being inlined: searches that end in the leaf
 * where the one before ended.
 */
#ifndef _NGV_GPUVM_TREE_H_
#define _NGV_GPUVM_TREE_H_

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/prefetch.h>

#include "internal.h"

bool gpuvm_tree_seek_slow(struct drm_gpuvm *vm, u64 addr, struct gpuvm_place *at);
bool gpuvm_tree_locate_slow(const struct drm_gpuva *va, struct gpuvm_place *at);

/*
 * How many of the ends are not above @addr.  They are sorted; what is random are
 * the queries, and a comparison that cannot be predicted costs more than ten that
 * are only counted.  First which group, then where in it.
 */
static inline unsigned int gpuvm_leaf_rank(const struct drm_gpuva_leaf *leaf, u64 addr)
{
	const u64 *end = leaf->end;
	unsigned int base = 5 * ((end[4] <= addr) + (end[9] <= addr) + (end[14] <= addr));

	end += base;
	return base + (end[0] <= addr) + (end[1] <= addr) + (end[2] <= addr) +
	       (end[3] <= addr) + (end[4] <= addr);
}

/* Whether @addr belongs in @leaf, as far as @leaf itself can tell. */
static inline bool gpuvm_leaf_covers(const struct drm_gpuva_leaf *leaf, u64 addr)
{
	u32 used = leaf->used;

	return used && addr >= leaf->start[__ffs(used)] &&
	       (addr < leaf->end[__fls(used)] || !leaf->next);
}

/**
 * gpuvm_tree_seek() - the first mapping that ends after an address
 * @vm: the VM
 * @addr: the address
 * @at: gets the mapping's place
 *
 * Return: whether there is one.
 */
static inline bool gpuvm_tree_seek(struct drm_gpuvm *vm, u64 addr, struct gpuvm_place *at)
{
	struct drm_gpuva_leaf *leaf = READ_ONCE(vm->tree.hint);
	u32 used = leaf->used;
	unsigned int pos;

	if (!used || addr < leaf->start[__ffs(used)])
		return gpuvm_tree_seek_slow(vm, addr, at);
	pos = gpuvm_leaf_rank(leaf, addr);
	used >>= pos;
	if (!used) {
		if (!leaf->next && !leaf->spill)
			return false;
		return gpuvm_tree_seek_slow(vm, addr, at);
	}
	at->leaf = leaf;
	at->spill = NULL;
	at->pos = pos + __ffs(used);
	return true;
}

/**
 * gpuvm_tree_first() - the first mapping that ends after an address
 * @vm: the VM
 * @addr: the address
 * @start: gets the mapping's first address
 * @end: gets the first address after it
 *
 * Return: the mapping or NULL.  It is not read itself.
 */
static inline struct drm_gpuva *gpuvm_tree_first(struct drm_gpuvm *vm, u64 addr, u64 *start,
						 u64 *end)
{
	struct gpuvm_place at;

	if (!gpuvm_tree_seek(vm, addr, &at))
		return NULL;
	if (unlikely(at.spill)) {
		*start = at.spill->va.addr;
		*end = *start + at.spill->va.range;
		return at.spill;
	}
	*start = at.leaf->start[at.pos];
	*end = at.leaf->end[at.pos];
	return at.leaf->va[at.pos];
}

/*
 * Asks for the mappings that follow the one at @addr, if that is in the hint's leaf:
 * by the time a walk or the next request gets there they have come.
 */
static inline void gpuvm_tree_prefetch_after(const struct drm_gpuvm *vm, u64 addr)
{
	const struct drm_gpuva_leaf *leaf = READ_ONCE(vm->tree.hint);
	u32 rest = leaf->used & ~1u << gpuvm_leaf_rank(leaf, addr);
	unsigned int ahead;

	for (ahead = 0; rest && ahead < 3; ahead++, rest &= rest - 1) {
		const char *va = (const char *)leaf->va[__ffs(rest)];

		prefetch(va);
		prefetch(va + sizeof(struct drm_gpuva) - 1);
	}
}

/**
 * gpuvm_tree_locate() - where a mapping is
 * @va: the mapping
 * @at: gets its place
 *
 * Return: whether it is in the tree.  If it is, but not where its range says, the
 * driver has changed that meanwhile: a fault, told of, but not one to lose
 * memory by.
 */
static inline bool gpuvm_tree_locate(const struct drm_gpuva *va, struct gpuvm_place *at)
{
	struct drm_gpuva_leaf *leaf = va->vm->tree.hint;

	/* Who tears down a VM begins at its beginning. */
	at->pos = leaf->used ? __ffs(leaf->used) : 0;
	if (leaf->used && leaf->va[at->pos] == va) {
		at->leaf = leaf;
		at->spill = NULL;
		return true;
	}
	if (likely(gpuvm_tree_seek(va->vm, va->va.addr, at) &&
		   (at->spill ?: at->leaf->va[at->pos]) == va))
		return true;
	return gpuvm_tree_locate_slow(va, at);
}

#endif
