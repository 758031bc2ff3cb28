/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What the tree prefetches, and how far ahead.  A search waits for one line of a leaf
 * after the other unless all of them are requested first; so does a driver for its
 * mappings.
 *
 * Locking and complexity: none; a prefetch of memory that is gone does no harm.
 */
#ifndef _NGV_GPUVM_PREFETCH_H_
#define _NGV_GPUVM_PREFETCH_H_

#include <linux/prefetch.h>

#include "tree.h"

/* Slots ahead of a request that goes through the space in order */
#define GPUVM_AHEAD_IN_ORDER	__DRM_GPUVA_AHEAD
/* Mappings after the first one of any request */
#define GPUVM_AHEAD_AT_RANDOM	3
/* The size of a cache line, or less */
#define GPUVM_LINE		64

static inline void gpuvm_prefetch_lines(const void *from, const void *to)
{
	const char *line;

	for (line = from; line < (const char *)to; line += GPUVM_LINE)
		prefetch(line);
}

/* The part of a leaf that gives the slot of an address. */
static __always_inline void gpuvm_prefetch_ends(const struct gpuvm_leaf *leaf)
{
	gpuvm_prefetch_lines(leaf, leaf->va);
}

/* The part of a leaf that is read last. */
static __always_inline void gpuvm_prefetch_mappings(const struct gpuvm_leaf *leaf)
{
	gpuvm_prefetch_lines(leaf->va, leaf + 1);
}

static inline void gpuvm_prefetch_leaf(const struct gpuvm_leaf *leaf)
{
	gpuvm_prefetch_lines(leaf, leaf + 1);
}

/* A mapping that a driver will remove: both of its lines, if it has two. */
static inline void gpuvm_prefetch_va(const struct drm_gpuva *va)
{
	prefetch(va);
	prefetch((const char *)va + offsetofend(struct drm_gpuva, vm) - 1);
}

/* Up to GPUVM_AHEAD_AT_RANDOM mappings after @at in its leaf, below @limit. */
static inline void gpuvm_prefetch_below(const struct gpuvm_place *at, u64 limit)
{
	const struct gpuvm_leaf *leaf = at->leaf;
	u32 rest = leaf->used & ~1u << at->pos;
	unsigned int n;

	for (n = 0; rest && n < GPUVM_AHEAD_AT_RANDOM; n++, rest &= rest - 1) {
		unsigned int slot = __ffs(rest);

		if (leaf->end[slot - 1] >= limit)
			return;
		gpuvm_prefetch_va(leaf->va[slot]);
	}
}

/*
 * For a request that goes through the space in order: the mapping GPUVM_AHEAD_IN_ORDER
 * slots after @at, and the next leaf before that leaf's mappings.
 */
static inline void gpuvm_prefetch_ahead(const struct gpuvm_place *at)
{
	const struct gpuvm_leaf *leaf = at->leaf;
	unsigned int slot = at->pos + GPUVM_AHEAD_IN_ORDER;

	if (slot >= GPUVM_LEAF_SIZE) {
		slot -= GPUVM_LEAF_SIZE;
		leaf = leaf->next;
		if (!leaf)
			return;
	} else if (at->pos == GPUVM_AHEAD_IN_ORDER && leaf->next) {
		gpuvm_prefetch_leaf(leaf->next);
	}
	if (leaf->used >> slot & 1)
		gpuvm_prefetch_va(leaf->va[slot]);
}

#endif
