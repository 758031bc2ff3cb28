/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The layout of the tree, and the inline part of tree.c: the descent, searches that end
 * in the leaf where the previous search ended, and the search for a mapping's slot in its
 * leaf.  Drivers see none of it: a change of layout recompiles the core alone.
 *
 * Locking: as in tree.c.  The result of the last search is only a hint.  Several
 * readers may write it at the same time.
 *
 * Complexity: O(log n) from the root; O(1) from the remembered leaf or from a mapping.
 */
#ifndef _NGV_GPUVM_TREE_H_
#define _NGV_GPUVM_TREE_H_

#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/stddef.h>

#include "internal.h"

/*
 * Size of a node.  A node fills a slab object of this size, and kmalloc() aligns objects
 * whose size is a power of two to their size.
 */
#define GPUVM_NODE_SIZE	512UL
/* Mappings in one leaf */
#define GPUVM_LEAF_SIZE	28
/* Mappings at which a leaf that shrinks may be joined with a neighbour */
#define GPUVM_LEAF_SPARSE	7
/* Children of an inner node */
#define GPUVM_FANOUT	31
/*
 * Each level needs 15 times the insertions of the level below it: no tree gets this
 * high.
 */
#define GPUVM_MAX_HEIGHT	16
/* Nodes in the reserve: enough to split a node on each level, except in huge trees */
#define GPUVM_RESERVE	8

/**
 * struct gpuvm_leaf - neighbouring mappings of a VM
 * @vm: the VM
 * @next: the next leaf
 * @prev: the previous leaf
 * @lower: first address that belongs here; the bound towards @prev
 * @upper: first address that belongs to @next; all ones in the last leaf
 * @used: a bit for each slot; 0 only in the first leaf
 * @count: number of used slots
 * @tails: number of mappings behind @tail
 * @spill: search tree of mappings after the last slot, for lack of memory; see spill.c
 * @tail: the last of them, and those before it that are not in @spill
 * @end: first address after each mapping; sorted, and also set in unused slots
 * @va: the mappings, in order of addresses
 *
 * A mapping does not start before the end that the slot before it has.
 */
struct gpuvm_leaf {
	struct drm_gpuvm *vm;
	struct gpuvm_leaf *next, *prev;
	u64 lower, upper;
	u32 used;
	u16 count;
	u16 tails;
	struct drm_gpuva *spill, *tail;
	u64 end[GPUVM_LEAF_SIZE];
	struct drm_gpuva *va[GPUVM_LEAF_SIZE];
};

/*
 * bound[i] separates child[i] and child[i + 1]. From the last child on, bounds are all
 * ones.
 */
struct gpuvm_inner {
	u64 count;
	u64 bound[GPUVM_FANOUT + 1];
	void *child[GPUVM_FANOUT];
};

/**
 * struct gpuvm_tree - the mappings of a VM, by address
 * @root: the top inner node, or @first if there are no inner nodes
 * @hint: the leaf where the last search ended; always valid
 * @height: number of inner levels
 * @cursor: the slot in @hint that changed last, or the slot after it; only a guess
 * @newest: the last inserted mapping, which may be freed; only compared
 * @changes: counter that tells walks of moved mappings and freed leaves
 * @count: number of mappings, without &drm_gpuvm.kernel_alloc_node
 * @spilled: number of mappings without a slot
 * @reserve: nodes for insertions without memory; any thread may add some
 * @reserved: number of nodes in @reserve, or more while one is added
 * @unchecked: changes since the last check of the invariants, in debug kernels
 * @first: room for the leaf with the lowest addresses
 *
 * The driver's lock of the VM's mappings protects the tree; see tree.c, which also says
 * what @hint, @cursor and @newest are for.
 */
struct gpuvm_tree {
	void *root;
	struct gpuvm_leaf *hint;
	unsigned int height;
	unsigned int cursor;
	const struct drm_gpuva *newest;
	unsigned long changes;
	unsigned long count;
	unsigned long spilled;
	struct llist_head reserve;
	atomic_t reserved;
#ifdef CONFIG_PROVE_LOCKING
	unsigned long unchecked;
#endif
	/* Aligned by gpuvm_first_leaf(): a driver's structure is not. */
	u64 first[(2 * GPUVM_NODE_SIZE - sizeof(u64)) / sizeof(u64)];
};

static_assert(sizeof(struct gpuvm_tree) <= sizeof(struct drm_gpuvm_tree),
	      "a VM has room for its tree");

static inline struct gpuvm_tree *gpuvm_tree_of(struct drm_gpuvm *vm)
{
	return (struct gpuvm_tree *)&vm->tree;
}

/* Returns the leaf with the lowest addresses, which is part of the VM. */
static inline struct gpuvm_leaf *gpuvm_first_leaf(const struct gpuvm_tree *tree)
{
	return (struct gpuvm_leaf *)ALIGN((unsigned long)tree->first, GPUVM_NODE_SIZE);
}

/* Returns the leaf of an inserted mapping with a slot.  The mapping points to the slot. */
static inline struct gpuvm_leaf *gpuvm_leaf_of(const struct drm_gpuva *va)
{
	return (struct gpuvm_leaf *)(va->place & ~(GPUVM_NODE_SIZE - 1));
}

struct drm_gpuva *gpuvm_tree_first_behind(struct gpuvm_leaf *leaf, u64 addr);
bool gpuvm_tree_seek_behind(struct gpuvm_leaf *leaf, u64 addr, struct gpuvm_place *at);
bool gpuvm_tree_seek_slow(struct drm_gpuvm *vm, u64 addr, struct gpuvm_place *at);
bool gpuvm_tree_locate_slow(struct drm_gpuva *va, struct gpuvm_place *at);
void gpuvm_tree_erase_spilled(struct gpuvm_tree *tree, const struct gpuvm_place *at);
void gpuvm_tree_tidy(struct gpuvm_tree *tree, struct gpuvm_leaf *leaf);

/* Needs the layout. */
#include "prefetch.h"

/*
 * Returns how many ends in @leaf are less than or equal to @addr.  The function counts
 * comparisons instead of branching on them.  Addresses of queries are random, and one
 * mispredicted branch costs more than ten comparisons.  The first three comparisons
 * select a group of seven ends, the others the position in the group.
 */
static inline unsigned int gpuvm_leaf_rank(const struct gpuvm_leaf *leaf, u64 addr)
{
	const u64 *end = leaf->end;
	unsigned int base = 7 * ((end[6] <= addr) + (end[13] <= addr) + (end[20] <= addr));

	end += base;
	return base + (end[0] <= addr) + (end[1] <= addr) + (end[2] <= addr) +
	       (end[3] <= addr) + (end[4] <= addr) + (end[5] <= addr) + (end[6] <= addr);
}

static_assert(GPUVM_LEAF_SIZE == 4 * 7, "the rank has four groups of seven");

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
static __always_inline struct gpuvm_leaf *
gpuvm_tree_descend(const struct gpuvm_tree *tree, u64 addr)
{
	unsigned int level = tree->height;
	void *node = tree->root;

	while (level--) {
		const struct gpuvm_inner *inner = node;

		node = inner->child[gpuvm_inner_rank(inner->bound, addr)];
	}
	return node;
}

/* Returns an address at which the mapping in slot @slot, or after it, starts at least. */
static inline u64 gpuvm_leaf_floor(const struct gpuvm_leaf *leaf, unsigned int slot)
{
	return slot ? leaf->end[slot - 1] : leaf->lower;
}

/* gpuvm_leaf_rank(), which first tries the slot @guess, changed last or right after it */
static inline unsigned int gpuvm_leaf_rank_near(const struct gpuvm_leaf *leaf, u64 addr,
						unsigned int guess)
{
	if (guess < GPUVM_LEAF_SIZE && leaf->end[guess] > addr &&
	    (!guess || leaf->end[guess - 1] <= addr))
		return guess;
	return gpuvm_leaf_rank(leaf, addr);
}

/*
 * Returns whether @addr belongs in @leaf; reads one line of the leaf.  One comparison
 * checks both limits: the side on which a random address lies cannot be predicted.
 */
static inline bool gpuvm_leaf_covers(const struct gpuvm_leaf *leaf, u64 addr)
{
	return addr - leaf->lower < leaf->upper - leaf->lower;
}

/*
 * Sets @at to the first mapping at slot @rank or after it.  Returns false if there is
 * none.
 */
static inline bool gpuvm_leaf_take(struct gpuvm_leaf *leaf, unsigned int rank,
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
	const struct gpuvm_tree *tree = gpuvm_tree_of(vm);
	struct gpuvm_leaf *leaf = READ_ONCE(tree->hint);
	unsigned int cursor = READ_ONCE(tree->cursor);
	u32 next = leaf->used & ~0u << cursor;

	/* Requests in order of addresses find the mapping after the previous change. */
	if (next) {
		at->leaf = leaf;
		at->spill = NULL;
		at->pos = __ffs(next);
		if (leaf->end[at->pos] > addr && addr >= leaf->lower &&
		    gpuvm_leaf_floor(leaf, at->pos) <= addr)
			return true;
	}
	if (!gpuvm_leaf_covers(leaf, addr))
		return gpuvm_tree_seek_slow(vm, addr, at);
	if (gpuvm_leaf_take(leaf, gpuvm_leaf_rank_near(leaf, addr, cursor), at))
		return true;
	/* A run of insertions at the end of the space finds nothing there. */
	return (leaf->next || leaf->tail) && gpuvm_tree_seek_behind(leaf, addr, at);
}

static inline struct drm_gpuva *gpuvm_place_va(const struct gpuvm_place *at, u64 *end)
{
	if (unlikely(at->spill)) {
		*end = gpuvm_va_end(at->spill);
		return at->spill;
	}
	*end = at->leaf->end[at->pos];
	return at->leaf->va[at->pos];
}

/**
 * gpuvm_tree_first() - finds the first mapping that ends after an address
 * @vm: the VM
 * @addr: the address
 * @end: gets the first address after the mapping
 *
 * Starts in the leaf where the previous search ended.
 *
 * Return: the mapping, or NULL.  The function usually does not read the mapping.
 */
static __always_inline struct drm_gpuva *
gpuvm_tree_first(struct drm_gpuvm *vm, u64 addr, u64 *end)
{
	struct gpuvm_tree *tree = gpuvm_tree_of(vm);
	struct gpuvm_leaf *leaf = READ_ONCE(tree->hint);
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
		leaf = gpuvm_tree_descend(tree, addr);
		gpuvm_prefetch_mappings(leaf);
		WRITE_ONCE(tree->hint, leaf);
	}
	pos = gpuvm_leaf_rank(leaf, addr);
	rest = leaf->used >> pos;
	if (likely(rest)) {
		pos += __ffs(rest);
		*end = leaf->end[pos];
		return leaf->va[pos];
	}
	va = gpuvm_tree_first_behind(leaf, addr);
	if (va)
		*end = gpuvm_va_end(va);
	return va;
}

/* Returns the VM of an inserted mapping.  Its leaf is needed anyway, &drm_gpuva.vm is not. */
static inline struct drm_gpuvm *gpuvm_of(const struct drm_gpuva *va)
{
	return likely(va->place && !(va->place & 1)) ? gpuvm_leaf_of(va)->vm : va->vm;
}

/**
 * gpuvm_tree_locate() - finds the place of a mapping
 * @va: the mapping
 * @at: gets the mapping's place
 *
 * Reads nothing but the mapping, unless the mapping has no slot.
 *
 * Return: true if the mapping is in the tree.
 */
static inline bool gpuvm_tree_locate(struct drm_gpuva *va, struct gpuvm_place *at)
{
	if (unlikely(!va->place || va->place & 1))
		return gpuvm_tree_locate_slow(va, at);
	at->leaf = gpuvm_leaf_of(va);
	at->spill = NULL;
	at->pos = (struct drm_gpuva **)va->place - at->leaf->va;
	return true;
}

static inline void gpuvm_leaf_cut(struct gpuvm_leaf *leaf, unsigned int slot)
{
	leaf->count--;
	leaf->used &= ~(1u << slot);
}

/**
 * gpuvm_tree_erase() - removes a mapping from the tree
 * @tree: the tree
 * @va: the mapping
 * @at: its place
 */
static inline void gpuvm_tree_erase(struct gpuvm_tree *tree, struct drm_gpuva *va,
				    const struct gpuvm_place *at)
{
	struct gpuvm_leaf *leaf = at->leaf;

	if (unlikely(at->spill)) {
		gpuvm_tree_erase_spilled(tree, at);
		return;
	}
	va->place = 0;
	gpuvm_leaf_cut(leaf, at->pos);
	tree->cursor = at->pos;
	if (unlikely(leaf->tail || !leaf->count || leaf->count == GPUVM_LEAF_SPARSE))
		gpuvm_tree_tidy(tree, leaf);
}

#endif
