// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: the tree of mappings
 *
 * A B+ tree: leaves of up to 28 mappings below inner nodes of up to 31 children.
 * Leaves form a list in order of addresses.  Mappings never overlap, so their ends have
 * the same order as their starts.  Every search here is for the first mapping that ends
 * after an address, overlap checks included, and compares only ends.  Leaves keep
 * copies of the ends, so a search does not have to read any mapping.
 *
 * A leaf may have unused slots between used ones.  Removing a mapping clears its slot's
 * bit.  Inserting a mapping uses an unused slot, or moves the entries up to the nearest
 * unused slot.  An unused slot keeps an end that is not after the start of the next
 * mapping, so all ends are sorted, and the end before a slot is a bound for the start of
 * its mapping.  The mapping that a search looks for is in the first used slot from the
 * first end above the address on.
 *
 * A bound separates two children of an inner node.  All mappings below the left child
 * end at the bound or before it.  All mappings below the right child start at the bound
 * or after it.  A leaf knows both of its own.
 *
 * A full leaf first moves entries to a neighbour, if one has room for many, and is split
 * otherwise.  So leaves stay fuller, and a split, which needs memory, is rarer.
 *
 * A mapping points to its slot, and nodes have the alignment of their size: the slot's
 * address tells the leaf.  Removing a mapping searches nothing and reads one line of the
 * leaf.  Whatever moves a mapping to another slot writes to the mapping, and does not wait
 * for the write.  Nodes do not point to their parents: code that needs the path
 * descends from the root.
 *
 * The tree remembers three things.  All are guesses and cost nothing when they are wrong:
 *
 * - The hint is the leaf where the last search ended.  The next address often lies in
 *   this leaf, between its bounds.
 * - The cursor is the slot of the hint that changed or was found last.  Requests in order
 *   of addresses find their mapping there or right after it.
 * - The newest mapping, found in a full leaf right before the place of the next, tells
 *   that a run of insertions goes on there.  The leaf is split at that place, so that the
 *   run fills whole leaves.  Searches elsewhere, which move the hint, do not end a run.
 *
 * A driver may insert mappings in a fence signalling critical path: insertion does not
 * sleep and does not fail for lack of memory.  Nodes for a leaf split come from
 * GFP_NOWAIT, then from a reserve that calls which may sleep have filled.  Without any
 * node, the leaf keeps its first 28 mappings, and later ones go to a search tree of its
 * own, which consists of the mappings themselves; see spill.c.  The leaf is split as soon
 * as there is memory.  The first leaf is part of the VM.
 *
 * Locking: the driver's lock of the VM's mappings, shared for searches and walks,
 * exclusive for everything else.  Searches write the hint under the shared lock.  Every
 * leaf is a valid hint, and only holders of the exclusive lock remove leaves.
 *
 * Complexity: O(log n) for a search or an insertion, without memory too.  O(1) amortised
 * for a removal, and for an operation next to the previous one.  Sparse leaves are joined.
 */

#include <linux/bitops.h>
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/llist.h>
#include <linux/prefetch.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <drm/drm_print.h>

#include "internal.h"
#include "tree.h"

#define LEAF_SIZE	GPUVM_LEAF_SIZE
#define FANOUT		GPUVM_FANOUT
/*
 * A leaf that shrinks to GPUVM_LEAF_SPARSE mappings is joined with a neighbour if both
 * together have at most LEAF_JOINED.
 */
#define LEAF_JOINED	20
/*
 * A full leaf moves entries to a neighbour with at most this number, instead of being
 * split.
 */
#define LEAF_SHARED	18
#define MAX_HEIGHT	GPUVM_MAX_HEIGHT
#define RESERVE		GPUVM_RESERVE
/* Insertions without memory after which the tree asks for memory again */
#define UNSPILL_EVERY	16
#define ALL_SLOTS	((1u << LEAF_SIZE) - 1)
#define NO_END		U64_MAX

union node {
	union node *next_spare;
	struct llist_node spare;
	struct gpuvm_leaf leaf;
	struct gpuvm_inner inner;
};

static_assert(sizeof(union node) == GPUVM_NODE_SIZE, "nodes fill a slab object");

/* The path from the root to a leaf; level[0] is the parent of the leaf. */
struct descent {
	struct {
		struct gpuvm_inner *node;
		unsigned int at;
	} level[MAX_HEIGHT];
};

static struct gpuvm_leaf *descend_path(const struct gpuvm_tree *tree, u64 addr,
				       struct descent *path)
{
	unsigned int level = tree->height;
	void *node = tree->root;

	while (level--) {
		struct gpuvm_inner *inner = node;
		unsigned int at = gpuvm_inner_rank(inner->bound, addr);

		path->level[level].node = inner;
		path->level[level].at = at;
		node = inner->child[at];
	}
	gpuvm_prefetch_leaf(node);
	return node;
}

static noinline struct gpuvm_leaf *descend_to_hint(struct gpuvm_tree *tree, u64 addr)
{
	struct gpuvm_leaf *leaf = gpuvm_tree_descend(tree, addr);

	gpuvm_prefetch_leaf(leaf);
	WRITE_ONCE(tree->hint, leaf);
	return leaf;
}

static inline struct gpuvm_leaf *leaf_of(struct gpuvm_tree *tree, u64 addr)
{
	struct gpuvm_leaf *leaf = READ_ONCE(tree->hint);

	return gpuvm_leaf_covers(leaf, addr) ? leaf : descend_to_hint(tree, addr);
}

/* Sets @at to the first mapping of the leaf after @leaf. */
static bool to_next_leaf(struct gpuvm_place *at, struct gpuvm_leaf *leaf)
{
	at->leaf = leaf->next;
	at->spill = NULL;
	if (!at->leaf)
		return false;
	at->pos = __ffs(at->leaf->used);
	return true;
}

static struct drm_gpuva *va_at(const struct gpuvm_place *at)
{
	return at->spill ?: at->leaf->va[at->pos];
}

/* gpuvm_tree_seek() in @leaf, where @addr belongs but no slot ends after @addr */
bool gpuvm_tree_seek_behind(struct gpuvm_leaf *leaf, u64 addr, struct gpuvm_place *at)
{
	struct drm_gpuva *va = gpuvm_spill_first(leaf, addr);

	if (!va)
		return to_next_leaf(at, leaf);
	at->leaf = leaf;
	at->spill = va;
	/* No slot: the iterators must not search in the leaf. */
	at->pos = LEAF_SIZE;
	return true;
}

/* gpuvm_tree_first() in @leaf, where @addr belongs but no slot ends after @addr */
struct drm_gpuva *gpuvm_tree_first_behind(struct gpuvm_leaf *leaf, u64 addr)
{
	struct gpuvm_place at;

	return gpuvm_tree_seek_behind(leaf, addr, &at) ? va_at(&at) : NULL;
}

/* gpuvm_tree_seek() without the hint */
bool gpuvm_tree_seek_slow(struct drm_gpuvm *vm, u64 addr, struct gpuvm_place *at)
{
	struct gpuvm_leaf *leaf;

	if (unlikely(addr == NO_END))
		return false;
	leaf = descend_to_hint(gpuvm_tree_of(vm), addr);
	return gpuvm_leaf_take(leaf, gpuvm_leaf_rank(leaf, addr), at) ||
	       gpuvm_tree_seek_behind(leaf, addr, at);
}

/* Sets what the inline part of the iterators reads of a leaf. */
static void walk_to(struct __drm_gpuva_walk *w, const struct gpuvm_place *at)
{
	const struct gpuvm_tree *tree = gpuvm_tree_of(w->vm);
	const struct gpuvm_leaf *leaf = at->leaf;

	w->leaf = leaf;
	w->used = &leaf->used;
	w->end = leaf->end;
	w->va = leaf->va;
	w->changes = &tree->changes;
	w->spill = at->spill;
	w->pos = at->pos;
	w->at_change = tree->changes;
}

/* The next step of an iterator of drm_gpuvm.h outside its inline part */
struct drm_gpuva *__drm_gpuva_walk_on(struct __drm_gpuva_walk *w)
{
	struct gpuvm_place at = {
		.leaf = (struct gpuvm_leaf *)w->leaf, .spill = w->spill, .pos = w->pos,
	};
	const struct gpuvm_leaf *was = NULL;
	struct drm_gpuva *va;
	bool found = true;

	if (w->over)
		return NULL;

	if (!at.leaf || w->at_change != *w->changes) {
		found = gpuvm_tree_seek(w->vm, w->from, &at);
	} else if (at.spill) {
		was = at.leaf;
		at.spill = gpuvm_spill_first(at.leaf, gpuvm_va_end(at.spill));
		if (!at.spill)
			found = to_next_leaf(&at, at.leaf);
	} else {
		/* The inline part has been to the last slot. */
		was = at.leaf;
		at.spill = gpuvm_spill_first(at.leaf, 0);
		at.pos = LEAF_SIZE;
		if (!at.spill)
			found = to_next_leaf(&at, at.leaf);
	}

	va = found ? gpuvm_place_va(&at, &w->from) : NULL;
	/* Only the last mapping is read: the others end in the range. */
	if (!va || (w->from - 1 > w->last && va->va.addr > w->last)) {
		w->over = true;
		return NULL;
	}
	if (at.leaf != was && at.leaf->next)
		gpuvm_prefetch_leaf(at.leaf->next);
	walk_to(w, &at);
	return va;
}
EXPORT_SYMBOL_GPL(__drm_gpuva_walk_on);

/*
 * For __drm_gpuva_walk_early(): the first step, or the next step after the body has
 * moved or removed the next mapping
 */
struct drm_gpuva *__drm_gpuva_walk_again(struct __drm_gpuva_walk *w)
{
	if (!w->over && w->spill && w->at_change == *w->changes)
		return w->spill;
	w->leaf = NULL;
	return __drm_gpuva_walk_on(w);
}
EXPORT_SYMBOL_GPL(__drm_gpuva_walk_again);

/*
 * Finds the mapping for the next step.  The next step starts at the last address of this
 * mapping, even if the body removes the mapping.
 */
struct drm_gpuva *__drm_gpuva_walk_peek(struct __drm_gpuva_walk *w)
{
	struct drm_gpuva *va = __drm_gpuva_walk_on(w);

	if (va)
		w->from--;
	return va;
}
EXPORT_SYMBOL_GPL(__drm_gpuva_walk_peek);

static void add_spare(struct gpuvm_tree *tree, union node *node)
{
	/* The count first: nobody takes more than there are. */
	atomic_inc(&tree->reserved);
	llist_add(&node->spare, &tree->reserve);
}

static void free_node(struct gpuvm_tree *tree, void *mem)
{
	if (atomic_read(&tree->reserved) < RESERVE)
		add_spare(tree, mem);
	else
		kfree(mem);
}

static union node *alloc_node(struct gpuvm_tree *tree)
{
	union node *node = kmalloc(sizeof(*node), GFP_NOWAIT | __GFP_NOWARN);

	if (!node) {
		struct llist_node *spare = llist_del_first(&tree->reserve);

		if (!spare)
			return NULL;
		atomic_dec(&tree->reserved);
		node = llist_entry(spare, union node, spare);
	}
	return node;
}

/* Returns enough nodes to split the leaf at the end of @path, or NULL. */
static union node *nodes_for_split(struct gpuvm_tree *tree, const struct descent *path)
{
	union node *nodes = NULL, *node;
	unsigned int level, need = 1;

	for (level = 0; level < tree->height; level++) {
		if (path->level[level].node->count < FANOUT)
			break;
		need++;
	}
	if (level == tree->height) {
		if (level == MAX_HEIGHT)
			return NULL;
		need++;
	}

	while (need--) {
		node = alloc_node(tree);
		if (!node) {
			while (nodes) {
				node = nodes;
				nodes = node->next_spare;
				free_node(tree, node);
			}
			return NULL;
		}
		node->next_spare = nodes;
		nodes = node;
	}
	return nodes;
}

static void *pop(union node **nodes)
{
	union node *node = *nodes;

	*nodes = node->next_spare;
	return node;
}

/* The mapping and its slot point to each other. */
static void set_slot(struct gpuvm_leaf *leaf, unsigned int slot, struct drm_gpuva *va)
{
	leaf->va[slot] = va;
	va->place = (unsigned long)&leaf->va[slot];
}

static void set_entry(struct gpuvm_leaf *leaf, unsigned int slot, struct drm_gpuva *va)
{
	leaf->end[slot] = gpuvm_va_end(va);
	leaf->used |= 1u << slot;
	set_slot(leaf, slot, va);
}

static void move_entry(struct gpuvm_leaf *leaf, unsigned int to, unsigned int from)
{
	leaf->end[to] = leaf->end[from];
	set_slot(leaf, to, leaf->va[from]);
}

/*
 * Moves the entries between @pos and the nearest unused slot by one slot, and puts @va
 * in the slot that this frees.
 */
static noinline void store_moving(struct gpuvm_tree *tree, struct gpuvm_leaf *leaf,
				  unsigned int pos, struct drm_gpuva *va)
{
	u32 free = ~leaf->used & ALL_SLOTS;
	u32 above = free >> pos, below = free & ((1u << pos) - 1);
	unsigned int i, gap = below ? __fls(below) : 0;

	tree->changes++;
	if (below && (!above || pos - gap <= 1 + __ffs(above))) {
		for (i = gap; i + 1 < pos; i++)
			move_entry(leaf, i, i + 1);
		leaf->used |= 1u << gap;
		set_entry(leaf, pos - 1, va);
		return;
	}
	gap = pos + __ffs(above);
	for (i = gap; i > pos; i--)
		move_entry(leaf, i, i - 1);
	leaf->used |= 1u << gap;
	set_entry(leaf, pos, va);
}

/* Puts @va in @leaf, which has room. @pos is gpuvm_leaf_rank() of the start of @va. */
static inline void store_entry(struct gpuvm_tree *tree, struct gpuvm_leaf *leaf,
			       unsigned int pos, struct drm_gpuva *va)
{
	unsigned int i;

	leaf->count++;
	/* @pos is LEAF_SIZE if the unused slots after the last mapping end below @va. */
	if (unlikely(pos == LEAF_SIZE || leaf->used >> pos & 1)) {
		store_moving(tree, leaf, pos, va);
		return;
	}
	set_entry(leaf, pos, va);
	/* Ends are sorted: raise those of the unused slots after @va. */
	for (i = pos + 1; i < LEAF_SIZE && leaf->end[i] < leaf->end[pos]; i++)
		leaf->end[i] = leaf->end[pos];
}

/* The entries of one leaf or of two, without unused slots */
struct packed {
	unsigned int n;
	u64 end[LEAF_SIZE];
	struct drm_gpuva *va[LEAF_SIZE];
};

/* Appends the entries of @leaf in the slots of the bitmap @used. */
static void pack(struct packed *to, const struct gpuvm_leaf *leaf, u32 used)
{
	for (; used; used &= used - 1) {
		unsigned int slot = __ffs(used);

		to->end[to->n] = leaf->end[slot];
		to->va[to->n++] = leaf->va[slot];
	}
}

/*
 * Copies the entries from @from to @to - 1 into @leaf and spreads the unused slots
 * evenly among them, for later insertions.
 */
static void unpack(struct gpuvm_leaf *leaf, const struct packed *p, unsigned int from,
		   unsigned int to)
{
	unsigned int i, slot = 0, n = to - from;
	u64 end = 0;

	leaf->used = 0;
	leaf->count = n;
	for (i = 0; i < n; i++) {
		for (; slot < i * LEAF_SIZE / n; slot++)
			leaf->end[slot] = end;
		end = p->end[from + i];
		leaf->end[slot] = end;
		set_slot(leaf, slot, p->va[from + i]);
		leaf->used |= 1u << slot++;
	}
	for (; slot < LEAF_SIZE; slot++)
		leaf->end[slot] = NO_END;
}

static void clear_leaf(struct gpuvm_leaf *leaf)
{
	leaf->used = 0;
	leaf->count = 0;
	leaf->spill = NULL;
	leaf->tail = NULL;
	leaf->tails = 0;
	memset(leaf->end, 0xff, sizeof(leaf->end));
}

static void link_after(struct gpuvm_leaf *leaf, struct gpuvm_leaf *new)
{
	new->prev = leaf;
	new->next = leaf->next;
	if (new->next)
		new->next->prev = new;
	leaf->next = new;
}

/*
 * Raises the bound after the leaf at the end of @path to @end, so that the leaf covers
 * addresses up to @end.  No mapping after the leaf starts below @end.
 */
static void raise_bound(const struct gpuvm_tree *tree, const struct descent *path, u64 end)
{
	unsigned int level;

	for (level = 0; level < tree->height; level++) {
		struct gpuvm_inner *inner = path->level[level].node;
		unsigned int at = path->level[level].at;

		if (at + 1 < inner->count) {
			if (inner->bound[at] < end)
				inner->bound[at] = end;
			return;
		}
	}
}

static void store_child(struct gpuvm_inner *inner, unsigned int at, u64 bound, void *child)
{
	unsigned int n = inner->count++ - at - 1;

	memmove(inner->bound + at + 1, inner->bound + at, n * sizeof(*inner->bound));
	memmove(inner->child + at + 2, inner->child + at + 1, n * sizeof(*inner->child));
	inner->bound[at] = bound;
	inner->child[at + 1] = child;
}

/*
 * Moves the children from @keep on to the empty node @right.  Returns the bound between
 * the two nodes.
 */
static u64 halve(struct gpuvm_inner *inner, struct gpuvm_inner *right, unsigned int keep)
{
	unsigned int i, n = inner->count - keep;
	u64 bound = inner->bound[keep - 1];

	right->count = n;
	memcpy(right->child, inner->child + keep, n * sizeof(*right->child));
	/* The bound after the last child is all ones in @inner too. */
	memcpy(right->bound, inner->bound + keep, n * sizeof(*right->bound));
	for (i = n; i <= FANOUT; i++)
		right->bound[i] = NO_END;
	inner->count = keep;
	for (i = keep - 1; i < FANOUT; i++)
		inner->bound[i] = NO_END;
	return bound;
}

/*
 * Inserts @child, the new right neighbour of the leaf at the end of @path, into the
 * inner nodes, and splits those that are full.
 */
static void add_child(struct gpuvm_tree *tree, const struct descent *path, u64 bound,
		      void *child, union node **nodes)
{
	struct gpuvm_inner *root;
	unsigned int level;

	for (level = 0; level < tree->height; level++) {
		struct gpuvm_inner *inner = path->level[level].node, *right;
		unsigned int at = path->level[level].at, keep;
		u64 middle;

		if (inner->count < FANOUT) {
			store_child(inner, at, bound, child);
			return;
		}

		/*
		 * A caller that appends a child probably appends more: keep the left
		 * node full.
		 */
		keep = at + 1 < FANOUT ? FANOUT / 2 + 1 : FANOUT - 1;
		right = pop(nodes);
		middle = halve(inner, right, keep);
		if (at < keep)
			store_child(inner, at, bound, child);
		else
			store_child(right, at - keep, bound, child);
		bound = middle;
		child = right;
	}

	root = pop(nodes);
	memset(root->bound, 0xff, sizeof(root->bound));
	root->count = 2;
	root->bound[0] = bound;
	root->child[0] = tree->root;
	root->child[1] = child;
	tree->root = root;
	WRITE_ONCE(tree->height, tree->height + 1);
}

/* Splits a full leaf. The left leaf keeps @keep entries. */
static struct gpuvm_leaf *split(struct gpuvm_leaf *leaf, unsigned int keep,
				union node **nodes)
{
	struct gpuvm_leaf *right = pop(nodes);
	struct packed all;

	if (keep == LEAF_SIZE) {
		clear_leaf(right);
	} else {
		all.n = 0;
		pack(&all, leaf, ALL_SLOTS);
		unpack(right, &all, keep, LEAF_SIZE);
		unpack(leaf, &all, 0, keep);
	}

	right->vm = leaf->vm;
	right->spill = leaf->spill;
	right->tail = leaf->tail;
	right->tails = leaf->tails;
	leaf->spill = NULL;
	leaf->tail = NULL;
	leaf->tails = 0;
	link_after(leaf, right);
	return right;
}

static u64 last_end(const struct gpuvm_leaf *leaf)
{
	return leaf->end[__fls(leaf->used)];
}

/* Gives @right, made by split(), its bounds and a place among the inner nodes. */
static void publish_split(struct gpuvm_tree *tree, const struct descent *path, u64 bound,
			  struct gpuvm_leaf *right, union node **nodes)
{
	struct gpuvm_leaf *leaf = right->prev;

	right->upper = leaf->upper;
	right->lower = bound;
	leaf->upper = bound;
	add_child(tree, path, bound, right, nodes);
}

/* Moves @n entries of the full @leaf to @next, its right neighbour. */
static void give_right(struct gpuvm_leaf *leaf, struct gpuvm_leaf *next, unsigned int n)
{
	struct packed some = { .n = 0 };
	unsigned int keep = LEAF_SIZE - n;

	pack(&some, leaf, ALL_SLOTS & ~0u << keep);
	pack(&some, next, next->used);
	unpack(next, &some, 0, some.n);
	some.n = 0;
	pack(&some, leaf, ALL_SLOTS >> n);
	unpack(leaf, &some, 0, keep);
}

/* Moves @n entries of the full @leaf to @prev, its left neighbour. */
static void give_left(struct gpuvm_leaf *leaf, struct gpuvm_leaf *prev, unsigned int n)
{
	struct packed some = { .n = 0 };

	pack(&some, prev, prev->used);
	pack(&some, leaf, ALL_SLOTS >> (LEAF_SIZE - n));
	unpack(prev, &some, 0, some.n);
	some.n = 0;
	pack(&some, leaf, ALL_SLOTS & ~0u << n);
	unpack(leaf, &some, 0, LEAF_SIZE - n);
}

static bool can_share(const struct gpuvm_leaf *leaf)
{
	return leaf->count <= LEAF_SHARED && !leaf->tail;
}

/*
 * Moves entries of the full @leaf, at the end of @path, to a neighbour that has room for
 * many.  Returns the leaf of the two to which @addr belongs, or NULL if no neighbour
 * below the same inner node has such room.
 */
static struct gpuvm_leaf *share(struct gpuvm_leaf *leaf, const struct descent *path, u64 addr)
{
	struct gpuvm_leaf *left = leaf, *right = leaf->next;
	struct gpuvm_inner *parent = path->level[0].node;
	unsigned int at = path->level[0].at;
	u64 bound;

	if (at + 1 < parent->count && can_share(right)) {
		give_right(leaf, right, (LEAF_SIZE - right->count) / 2);
	} else if (at && can_share(leaf->prev)) {
		left = leaf->prev;
		right = leaf;
		at--;
		give_left(leaf, left, (LEAF_SIZE - left->count) / 2);
	} else {
		return NULL;
	}
	bound = last_end(left);
	left->upper = bound;
	right->lower = bound;
	parent->bound[at] = bound;
	return addr < bound ? left : right;
}

/* Puts @va in @leaf, which is full and cannot be split. */
static void store_spilled(struct gpuvm_tree *tree, struct gpuvm_leaf *leaf,
			  unsigned int pos, struct drm_gpuva *va)
{
	tree->spilled++;
	tree->changes++;
	if (pos < LEAF_SIZE) {
		struct drm_gpuva *out = leaf->va[LEAF_SIZE - 1];

		gpuvm_leaf_cut(leaf, LEAF_SIZE - 1);
		store_entry(tree, leaf, gpuvm_leaf_rank(leaf, va->va.addr), va);
		va = out;
	}
	gpuvm_spill_insert(leaf, va);
}

static void refill(struct gpuvm_tree *tree, struct gpuvm_leaf *leaf)
{
	tree->changes++;
	while (leaf->tail && leaf->count < LEAF_SIZE) {
		struct drm_gpuva *va = gpuvm_spill_first(leaf, 0);

		gpuvm_spill_remove(leaf, va);
		store_entry(tree, leaf, gpuvm_leaf_rank(leaf, va->va.addr), va);
		tree->spilled--;
	}
}

/* Splits @leaf until all of its mappings have a slot or there is no memory. */
static void unspill(struct gpuvm_tree *tree, struct gpuvm_leaf *leaf)
{
	while (leaf->tail) {
		struct gpuvm_leaf *right;
		union node *nodes;
		struct descent path;

		descend_path(tree, leaf->lower, &path);
		nodes = nodes_for_split(tree, &path);
		if (!nodes)
			return;
		right = split(leaf, LEAF_SIZE / 2, &nodes);
		publish_split(tree, &path, last_end(leaf), right, &nodes);
		refill(tree, right);
		tree->changes++;
		leaf = right;
	}
}

/**
 * gpuvm_tree_reserve() - fills the reserve of nodes
 * @vm: the VM
 *
 * For calls that may sleep and that drivers make before they insert mappings.  No locks.
 * Does not fail: without memory the reserve stays as it is.
 */
void gpuvm_tree_reserve(struct drm_gpuvm *vm)
{
	struct gpuvm_tree *tree = gpuvm_tree_of(vm);
	/* The first split takes a leaf and a root.  Most VMs are small. */
	const int want = READ_ONCE(tree->height) ? RESERVE : 2;

	while (atomic_read(&tree->reserved) < want) {
		union node *node = kmalloc(sizeof(*node), GFP_KERNEL | __GFP_NOWARN);

		if (!node)
			break;
		add_spare(tree, node);
	}
}

/**
 * gpuvm_tree_refill() - fills the reserve and gives a slot to all mappings without one
 * @vm: the VM
 *
 * The caller holds the lock of the VM's mappings exclusively.  May sleep.
 */
void gpuvm_tree_refill(struct drm_gpuvm *vm)
{
	struct gpuvm_tree *tree = gpuvm_tree_of(vm);
	struct gpuvm_leaf *leaf;

	gpuvm_tree_reserve(vm);
	if (likely(!tree->spilled))
		return;
	for (leaf = gpuvm_first_leaf(tree); leaf; leaf = leaf->next)
		unspill(tree, leaf);
}

/*
 * Makes room in the full @leaf and puts @va in it.  In a run of insertions side by side,
 * @leaf is split where the run is, and the next split leaves a full leaf behind.  The
 * mapping that was inserted last tells whether there is such a run.
 */
static void store_splitting(struct gpuvm_tree *tree, struct gpuvm_leaf *leaf,
			    unsigned int pos, struct drm_gpuva *va)
{
	const bool up = pos && leaf->va[pos - 1] == tree->newest;
	const bool down = pos < LEAF_SIZE && leaf->va[pos] == tree->newest;
	unsigned int keep = LEAF_SIZE / 2;
	struct gpuvm_leaf *right;
	union node *nodes;
	struct descent path;
	u64 bound = 0;

	tree->changes++;
	descend_path(tree, leaf->lower, &path);
	if (up || down) {
		keep = pos;
	} else if (tree->height) {
		struct gpuvm_leaf *to = share(leaf, &path, va->va.addr);

		if (to) {
			store_entry(tree, to, gpuvm_leaf_rank(to, va->va.addr), va);
			WRITE_ONCE(tree->hint, to);
			return;
		}
	}

	nodes = nodes_for_split(tree, &path);
	if (!nodes) {
		store_spilled(tree, leaf, pos, va);
		return;
	}

	/* All addresses up to the next mapping belong to a run that goes up. */
	if (up && pos < LEAF_SIZE)
		bound = leaf->va[pos]->va.addr;
	right = split(leaf, keep, &nodes);
	if (!keep) {
		/* The last slot: a descending run needs the slots before it. */
		leaf->count = 1;
		set_entry(leaf, LEAF_SIZE - 1, va);
		memset(leaf->end, 0, (LEAF_SIZE - 1) * sizeof(*leaf->end));
	} else if (pos < keep || bound) {
		store_entry(tree, leaf, gpuvm_leaf_rank(leaf, va->va.addr), va);
	} else {
		store_entry(tree, right, gpuvm_leaf_rank(right, va->va.addr), va);
	}
	publish_split(tree, &path, bound ?: last_end(leaf), right, &nodes);
	WRITE_ONCE(tree->hint, gpuvm_leaf_covers(leaf, va->va.addr) ? leaf : right);
}

static noinline void store_full(struct gpuvm_tree *tree, struct gpuvm_leaf *leaf,
				unsigned int pos, struct drm_gpuva *va)
{
	if (unlikely(leaf->tail)) {
		store_spilled(tree, leaf, pos, va);
		/* Asking for memory takes longer than an insertion without. */
		if (tree->spilled % UNSPILL_EVERY == 0)
			unspill(tree, leaf);
	} else {
		store_splitting(tree, leaf, pos, va);
	}
}

static inline void store(struct gpuvm_tree *tree, struct gpuvm_leaf *leaf,
			 unsigned int pos, struct drm_gpuva *va)
{
	if (likely(leaf->count < LEAF_SIZE))
		store_entry(tree, leaf, pos, va);
	else
		store_full(tree, leaf, pos, va);
}

/*
 * For a mapping that starts after all slots of @leaf.  Checks for overlaps with mappings
 * without a slot and with the next leaf, and raises the bound so that @leaf covers the
 * mapping.
 */
static noinline int make_room_behind(struct gpuvm_tree *tree, struct gpuvm_leaf *leaf,
				     u64 addr, u64 end)
{
	const struct drm_gpuva *behind = gpuvm_spill_first(leaf, addr);
	struct gpuvm_leaf *next = leaf->next;
	struct descent path;

	if (behind)
		return behind->va.addr < end ? -EEXIST : 0;
	if (end <= leaf->upper)
		return 0;
	if (next->va[__ffs(next->used)]->va.addr < end)
		return -EEXIST;
	descend_path(tree, addr, &path);
	raise_bound(tree, &path, end);
	leaf->upper = end;
	next->lower = end;
	return 0;
}

/* Returns whether the mapping in slot @slot, or after it, starts below @end. */
static inline bool starts_below(const struct gpuvm_leaf *leaf, unsigned int rank,
				unsigned int slot, u64 end)
{
	/* An unused slot between tells it without a look at the mapping. */
	return (slot == rank || leaf->end[slot - 1] < end) && leaf->va[slot]->va.addr < end;
}

/**
 * gpuvm_tree_insert() - inserts a mapping into the tree
 * @vm: the VM
 * @va: the mapping; its range is not empty and does not overflow 64 bits
 *
 * Does not sleep and does not fail for lack of memory.
 *
 * Return: 0, or -EEXIST if @va overlaps another mapping.
 */
int gpuvm_tree_insert(struct drm_gpuvm *vm, struct drm_gpuva *va)
{
	struct gpuvm_tree *tree = gpuvm_tree_of(vm);
	const u64 addr = va->va.addr, end = gpuvm_va_end(va);
	struct gpuvm_leaf *leaf = leaf_of(tree, addr);
	unsigned int pos = gpuvm_leaf_rank_near(leaf, addr, tree->cursor);
	u32 rest = leaf->used >> pos;

	if (likely(rest)) {
		if (starts_below(leaf, pos, pos + __ffs(rest), end))
			return -EEXIST;
	} else if (end > leaf->upper || leaf->tail) {
		int err = make_room_behind(tree, leaf, addr, end);

		if (err)
			return err;
	}
	store(tree, leaf, pos, va);
	tree->newest = va;
	tree->cursor = pos + 1;
	va->vm = vm;
	return 0;
}

/*
 * Removes the leaf at the end of @path from the inner nodes.  A neighbour takes over
 * the addresses that the leaf covered: returns whether it is the right one.
 */
static bool cut_child(struct gpuvm_tree *tree, const struct descent *path)
{
	unsigned int level, n = 0;

	for (level = 0; level < tree->height; level++) {
		struct gpuvm_inner *inner = path->level[level].node;
		unsigned int at = path->level[level].at;
		unsigned int bound;

		n = --inner->count - at;
		/*
		 * Remove the bound towards the right neighbour in this node, if there
		 * is one.
		 */
		bound = n || !at ? at : at - 1;
		memmove(inner->child + at, inner->child + at + 1, n * sizeof(*inner->child));
		memmove(inner->bound + bound, inner->bound + bound + 1,
			(FANOUT - bound) * sizeof(*inner->bound));
		if (inner->count)
			break;
		free_node(tree, inner);
	}
	while (tree->height && ((struct gpuvm_inner *)tree->root)->count == 1) {
		struct gpuvm_inner *root = tree->root;

		tree->root = root->child[0];
		WRITE_ONCE(tree->height, tree->height - 1);
		free_node(tree, root);
	}
	return n;
}

/* Frees a leaf that is no longer below an inner node. */
static void free_leaf(struct gpuvm_tree *tree, struct gpuvm_leaf *leaf)
{
	tree->changes++;
	leaf->prev->next = leaf->next;
	if (leaf->next)
		leaf->next->prev = leaf->prev;
	if (tree->hint == leaf) {
		WRITE_ONCE(tree->hint, leaf->next ?: leaf->prev);
		tree->cursor = 0;
	}
	free_node(tree, leaf);
}

static void drop_leaf(struct gpuvm_tree *tree, struct gpuvm_leaf *leaf,
		      const struct descent *path)
{
	if (cut_child(tree, path))
		leaf->next->lower = leaf->lower;
	else
		leaf->prev->upper = leaf->upper;
	free_leaf(tree, leaf);
}

/*
 * Moves the entries of @right, at the end of @path, to @left.  Both have the same
 * parent.
 */
static void join(struct gpuvm_tree *tree, struct gpuvm_leaf *left,
		 struct gpuvm_leaf *right, struct descent *path)
{
	struct packed both;

	both.n = 0;
	pack(&both, left, left->used);
	pack(&both, right, right->used);
	unpack(left, &both, 0, both.n);
	/* Put @left in the place of @right, so that the bound after @right stays. */
	left->upper = right->upper;
	path->level[0].node->child[path->level[0].at] = left;
	path->level[0].at--;
	cut_child(tree, path);
	free_leaf(tree, right);
}

static bool can_join(const struct gpuvm_leaf *left, const struct gpuvm_leaf *right)
{
	/* The first leaf may be empty, for long if a driver empties a VM in order. */
	return left->count && left->count + right->count <= LEAF_JOINED &&
	       !left->tail && !right->tail;
}

/* Joins or frees @leaf after the removal of a mapping. */
static void shrink(struct gpuvm_tree *tree, struct gpuvm_leaf *leaf)
{
	struct descent path;
	unsigned int at;

	if (!tree->height)
		return;
	if (!leaf->count) {
		if (leaf != gpuvm_first_leaf(tree)) {
			descend_path(tree, leaf->lower, &path);
			drop_leaf(tree, leaf, &path);
		}
		return;
	}

	/* Joining is rare and the search for the parent expensive: check first. */
	if (!(leaf->next && can_join(leaf, leaf->next)) &&
	    !(leaf->prev && can_join(leaf->prev, leaf)))
		return;
	descend_path(tree, leaf->lower, &path);
	at = path.level[0].at;
	if (at + 1 < path.level[0].node->count && can_join(leaf, leaf->next)) {
		path.level[0].at++;
		join(tree, leaf, leaf->next, &path);
	} else if (at && can_join(leaf->prev, leaf)) {
		join(tree, leaf->prev, leaf, &path);
	}
}

/*
 * gpuvm_tree_locate() for a mapping without a slot.  If the driver changed the range of
 * an inserted mapping, the function warns and looks at all: failing would leak the
 * mapping.
 */
bool gpuvm_tree_locate_slow(struct drm_gpuva *va, struct gpuvm_place *at)
{
	struct drm_gpuvm *vm = va->vm;
	struct gpuvm_leaf *leaf;

	if ((va->place & 1) && gpuvm_tree_seek(vm, va->va.addr, at) && at->spill == va)
		return true;

	drm_WARN(vm->drm, 1, "a GPU VA mapping is not where its range says\n");
	for (leaf = gpuvm_first_leaf(gpuvm_tree_of(vm)); leaf; leaf = leaf->next) {
		if (gpuvm_spill_holds(leaf, va)) {
			at->leaf = leaf;
			at->spill = va;
			return true;
		}
	}
	return false;
}

/* The rest of gpuvm_tree_erase() for a mapping without a slot */
void gpuvm_tree_erase_spilled(struct gpuvm_tree *tree, const struct gpuvm_place *at)
{
	tree->changes++;
	gpuvm_spill_remove(at->leaf, at->spill);
	tree->spilled--;
}

/* The rest of gpuvm_tree_erase() for a leaf that others may move into, or that is sparse */
void gpuvm_tree_tidy(struct gpuvm_tree *tree, struct gpuvm_leaf *leaf)
{
	if (unlikely(leaf->tail))
		refill(tree, leaf);
	else
		shrink(tree, leaf);
}

/**
 * gpuvm_tree_replace() - replaces a mapping with one or two others
 * @vm: the VM
 * @at: the place of the old mapping
 * @heir: a new mapping within the range of the old one
 * @next: another one above @heir, or NULL
 *
 * Does not sleep, does not fail for lack of memory and does not search the tree.
 */
void gpuvm_tree_replace(struct drm_gpuvm *vm, const struct gpuvm_place *at,
			struct drm_gpuva *heir, struct drm_gpuva *next)
{
	struct gpuvm_tree *tree = gpuvm_tree_of(vm);
	struct gpuvm_leaf *leaf = at->leaf;

	heir->vm = vm;
	if (unlikely(at->spill)) {
		tree->changes++;
		gpuvm_spill_remove(leaf, at->spill);
		gpuvm_spill_insert(leaf, heir);
	} else {
		/*
		 * The driver maps the hole next: after @heir if @heir is the lower
		 * part, else before it.
		 */
		tree->cursor = at->pos + (leaf->va[at->pos]->va.addr == heir->va.addr);
		leaf->va[at->pos]->place = 0;
		set_entry(leaf, at->pos, heir);
	}
	if (next) {
		next->vm = vm;
		store(tree, leaf, gpuvm_leaf_rank_near(leaf, next->va.addr, tree->cursor), next);
	}
}

/**
 * gpuvm_tree_init() - initialises an empty tree
 * @vm: the VM
 */
void gpuvm_tree_init(struct drm_gpuvm *vm)
{
	struct gpuvm_tree *tree = gpuvm_tree_of(vm);
	struct gpuvm_leaf *first = gpuvm_first_leaf(tree);

	memset(tree, 0, sizeof(*tree));
	clear_leaf(first);
	first->vm = vm;
	first->upper = NO_END;
	tree->root = first;
	tree->hint = first;
}

/**
 * gpuvm_tree_empty() - checks whether the tree has no mapping
 * @vm: the VM
 *
 * Return: true if the tree has no mapping.
 */
bool gpuvm_tree_empty(struct drm_gpuvm *vm)
{
	const struct gpuvm_leaf *first = gpuvm_first_leaf(gpuvm_tree_of(vm));

	return !first->count && !first->next;
}

static void free_below(struct gpuvm_tree *tree, void *node, unsigned int height)
{
	struct gpuvm_inner *inner = node;
	unsigned int i;

	if (height) {
		for (i = 0; i < inner->count; i++)
			free_below(tree, inner->child[i], height - 1);
	}
	if (node != gpuvm_first_leaf(tree))
		kfree(node);
}

/**
 * gpuvm_tree_fini() - frees the nodes of a tree, which should be empty
 * @vm: the VM
 */
void gpuvm_tree_fini(struct drm_gpuvm *vm)
{
	struct gpuvm_tree *tree = gpuvm_tree_of(vm);
	union node *node, *next;

	free_below(tree, tree->root, tree->height);
	llist_for_each_entry_safe(node, next, llist_del_all(&tree->reserve), spare)
		kfree(node);
	gpuvm_tree_init(vm);
}
