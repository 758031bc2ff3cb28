/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The inline part of tree.c: the descent, searches that end in the leaf where the
 * previous search ended, and the search for a mapping's slot in its leaf.
 *
 * Locking: as in tree.c.  The result of the last search is only a hint.  Several
 * readers may write it at the same time.
 *
 * Complexity: O(log n) from the root; O(1) from the remembered leaf or from a mapping.
 */
#ifndef _NGV_GPUVM_TREE_H_
#define _NGV_GPUVM_TREE_H_

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/prefetch.h>
#include <linux/stddef.h>

#include "internal.h"

struct drm_gpuva *gpuvm_tree_first_behind(struct drm_gpuva_leaf *leaf, u64 addr);
bool gpuvm_tree_seek_slow(struct drm_gpuvm *vm, u64 addr, struct gpuvm_place *at);
bool gpuvm_tree_locate_slow(struct drm_gpuva *va, struct gpuvm_place *at);

#define GPUVM_FANOUT	31
/*
 * Each level needs 15 times the insertions of the level below it: no tree gets this
 * high.
 */
#define GPUVM_MAX_HEIGHT	16
/* Nodes in the reserve: enough to split a node on each level, except in huge trees */
#define GPUVM_RESERVE	8

/*
 * bound[i] separates child[i] and child[i + 1]. From the last child on, bounds are all
 * ones.
 */
struct gpuvm_inner {
	u64 count;
	u64 bound[GPUVM_FANOUT + 1];
	void *child[GPUVM_FANOUT];
};

/*
 * Returns how many ends in @leaf are less than or equal to @addr.  The function counts
 * comparisons instead of branching on them.  Addresses of queries are random, and one
 * mispredicted branch costs more than ten comparisons.  The first three comparisons
 * select a group of five ends, the others the position in the group.
 */
static inline unsigned int gpuvm_leaf_rank(const struct drm_gpuva_leaf *leaf, u64 addr)
{
	const u64 *end = leaf->end;
	unsigned int base = 5 * ((end[4] <= addr) + (end[9] <= addr) + (end[14] <= addr));

	end += base;
	return base + (end[0] <= addr) + (end[1] <= addr) + (end[2] <= addr) +
	       (end[3] <= addr) + (end[4] <= addr);
}

/*
 * Returns the index of the child to which a mapping that starts at @addr belongs.
 * Counts comparisons as gpuvm_leaf_rank() does.
 */
static __always_inline unsigned int gpuvm_inner_rank(const u64 *bound, u64 addr)
{
	unsigned int base = 8 * ((bound[7] <= addr) + (bound[15] <= addr) + (bound[23] <= addr));

	bound += base;
	return base + (bound[0] <= addr) + (bound[1] <= addr) + (bound[2] <= addr) +
	       (bound[3] <= addr) + (bound[4] <= addr) + (bound[5] <= addr) +
	       (bound[6] <= addr) + (bound[7] <= addr);
}

/* Returns the leaf to which a mapping that starts at @addr belongs. */
static __always_inline struct drm_gpuva_leaf *
gpuvm_tree_descend(const struct drm_gpuvm_tree *tree, u64 addr)
{
	unsigned int level = tree->height;
	void *node = tree->root;

	while (level--) {
		const struct gpuvm_inner *inner = node;

		node = inner->child[gpuvm_inner_rank(inner->bound, addr)];
	}
	return node;
}

/* gpuvm_leaf_rank(), which first tries the slot @guess, changed last or right after it */
static inline unsigned int gpuvm_leaf_rank_near(const struct drm_gpuva_leaf *leaf, u64 addr,
						unsigned int guess)
{
	if (guess < DRM_GPUVA_LEAF_SIZE && leaf->end[guess] > addr &&
	    (!guess || leaf->end[guess - 1] <= addr))
		return guess;
	return gpuvm_leaf_rank(leaf, addr);
}

/*
 * Returns whether @addr certainly belongs in @leaf; reads no other node.  One
 * comparison checks both limits: the side on which a random address lies cannot be
 * predicted.
 */
static inline bool gpuvm_leaf_covers(const struct drm_gpuva_leaf *leaf, u64 addr)
{
	u32 used = leaf->used;
	u64 from, to;

	if (!used)
		return false;
	from = leaf->start[__ffs(used)];
	to = leaf->next ? leaf->end[__fls(used)] : U64_MAX;
	return addr - from < to - from;
}

/*
 * Sets @at to the first mapping at slot @rank or after it.  Returns false if there is
 * none.
 */
static inline bool gpuvm_leaf_take(struct drm_gpuva_leaf *leaf, unsigned int rank,
				   struct gpuvm_place *at)
{
	u32 rest = leaf->used >> rank;

	at->leaf = leaf;
	at->spill = NULL;
	if (unlikely(!rest))
		return false;
	at->pos = rank + __ffs(rest);
	return true;
}

/**
 * gpuvm_tree_seek() - finds the first mapping that ends after an address
 * @vm: the VM
 * @addr: the address
 * @at: gets the mapping's place
 *
 * Starts where the previous search ended.  For callers that change the tree at @at.
 *
 * Return: true if there is such a mapping.
 */
static inline bool gpuvm_tree_seek(struct drm_gpuvm *vm, u64 addr, struct gpuvm_place *at)
{
	struct drm_gpuva_leaf *leaf = READ_ONCE(vm->tree.hint);
	unsigned int cursor = READ_ONCE(vm->tree.cursor);
	u32 next = leaf->used & ~0u << cursor;

	/* Requests in order of addresses find the mapping after the previous change. */
	if (next) {
		at->leaf = leaf;
		at->spill = NULL;
		at->pos = __ffs(next);
		if (addr - leaf->start[at->pos] < leaf->end[at->pos] - leaf->start[at->pos])
			return true;
	}
	if (gpuvm_leaf_covers(leaf, addr)) {
		if (gpuvm_leaf_take(leaf, gpuvm_leaf_rank_near(leaf, addr, cursor), at))
			return true;
		if (!leaf->spill)
			return false;
	}
	return gpuvm_tree_seek_slow(vm, addr, at);
}

static inline struct drm_gpuva *gpuvm_place_va(const struct gpuvm_place *at, u64 *start,
					       u64 *end)
{
	if (unlikely(at->spill)) {
		*start = at->spill->va.addr;
		*end = *start + at->spill->va.range;
		return at->spill;
	}
	*start = at->leaf->start[at->pos];
	*end = at->leaf->end[at->pos];
	return at->leaf->va[at->pos];
}

/**
 * gpuvm_tree_first() - finds the first mapping that ends after an address
 * @vm: the VM
 * @addr: the address
 * @start: gets the mapping's first address
 * @end: gets the first address after the mapping
 *
 * Starts in the leaf where the previous search ended.
 *
 * Return: the mapping, or NULL.  The function usually does not read the mapping.
 */
static __always_inline struct drm_gpuva *
gpuvm_tree_first(struct drm_gpuvm *vm, u64 addr, u64 *start, u64 *end)
{
	struct drm_gpuva_leaf *leaf = READ_ONCE(vm->tree.hint);
	struct drm_gpuva *va;
	unsigned int pos;
	u32 rest;

	if (!gpuvm_leaf_covers(leaf, addr)) {
		/*
		 * No mapping ends after U64_MAX, and the descent would exceed the
		 * bounds.
		 */
		if (unlikely(addr == U64_MAX))
			return NULL;
		leaf = gpuvm_tree_descend(&vm->tree, addr);
		/*
		 * The search compares the ends first; fetch starts and mappings
		 * meanwhile.
		 */
		prefetch(leaf->start + 4);
		prefetch(leaf->start + 12);
		prefetch(leaf->va);
		prefetch(leaf->va + 8);
		prefetch(leaf->va + 16);
		WRITE_ONCE(vm->tree.hint, leaf);
	}
	pos = gpuvm_leaf_rank(leaf, addr);
	rest = leaf->used >> pos;
	if (likely(rest)) {
		pos += __ffs(rest);
		*start = leaf->start[pos];
		*end = leaf->end[pos];
		return leaf->va[pos];
	}
	va = gpuvm_tree_first_behind(leaf, addr);
	if (va) {
		*start = va->va.addr;
		*end = va->va.addr + va->va.range;
	}
	return va;
}

/* A search compares ends first. Starts and mappings are fetched meanwhile. */
static inline void gpuvm_prefetch_leaf(const struct drm_gpuva_leaf *leaf)
{
	const char *p = (const char *)leaf;

	prefetch(p);
	prefetch(p + 64);
	prefetch(p + 128);
	prefetch(p + 192);
	prefetch(p + 256);
	prefetch(p + 320);
	prefetch(p + 384);
	prefetch(p + 448);
}

static inline void gpuvm_prefetch_va(const struct drm_gpuva *va)
{
	prefetch(va);
	prefetch((const char *)va + offsetofend(struct drm_gpuva, gem.offset) - 1);
}

/* Prefetches up to three mappings after @at in its leaf that start below @limit. */
static inline void gpuvm_tree_prefetch_below(const struct gpuvm_place *at, u64 limit)
{
	const struct drm_gpuva_leaf *leaf = at->leaf;
	u32 rest = leaf->used & ~1u << at->pos;
	unsigned int n;

	for (n = 0; rest && n < 3; n++, rest &= rest - 1) {
		unsigned int slot = __ffs(rest);

		if (leaf->start[slot] >= limit)
			return;
		gpuvm_prefetch_va(leaf->va[slot]);
	}
}

/*
 * For callers that visit mappings in order: prefetches the mapping six slots ahead, and
 * the next leaf before the mappings of the next leaf.
 */
static inline void gpuvm_tree_prefetch_ahead(const struct gpuvm_place *at)
{
	const struct drm_gpuva_leaf *leaf = at->leaf;
	unsigned int slot = at->pos + 6;

	if (slot >= DRM_GPUVA_LEAF_SIZE) {
		slot -= DRM_GPUVA_LEAF_SIZE;
		leaf = leaf->next;
		if (!leaf)
			return;
	} else if (at->pos == 6 && leaf->next) {
		gpuvm_prefetch_leaf(leaf->next);
	}
	if (leaf->used >> slot & 1)
		gpuvm_prefetch_va(leaf->va[slot]);
}

/**
 * gpuvm_tree_locate() - finds the place of a mapping
 * @va: the mapping
 * @at: gets the mapping's place
 *
 * If the driver changed the range of an inserted mapping, the function warns and
 * searches the whole tree.  Failing here would leak the mapping.
 *
 * Return: true if the mapping is in the tree.
 */
static inline bool gpuvm_tree_locate(struct drm_gpuva *va, struct gpuvm_place *at)
{
	struct drm_gpuva_leaf *leaf = (struct drm_gpuva_leaf *)va->place;

	if (likely(leaf && !(va->place & 1))) {
		at->leaf = leaf;
		at->spill = NULL;
		/*
		 * Try the mapping that a search just found, or the one after the last
		 * removal.
		 */
		at->pos = __ffs(leaf->used & ~0u << va->vm->tree.cursor ?: leaf->used);
		if (leaf->va[at->pos] == va)
			return true;
		if (likely(gpuvm_leaf_take(leaf, gpuvm_leaf_rank(leaf, va->va.addr), at) &&
			   leaf->va[at->pos] == va))
			return true;
	}
	return gpuvm_tree_locate_slow(va, at);
}

#endif
