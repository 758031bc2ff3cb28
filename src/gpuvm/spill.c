// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: mappings without a slot
 *
 * Without memory a leaf of the tree cannot be split.  Mappings after its last slot then
 * form a search tree that needs no memory but what every mapping has for the tree:
 * &drm_gpuva.place and &drm_gpuva.half, one word and a half.
 *
 * A node with two children needs three words: so a node consists of two neighbouring
 * mappings.  The first points to the second, the second to the left child, and the two
 * halves are the pointer to the right child.  A mapping alone has no room for children:
 * it is a node without children.  A mapping that is inserted next to it joins the node::
 *
 *	        +---------------- 50, 60 ----------------+
 *	        |                                        |
 *	    20, 30                                   80, 90
 *	    |    |                                       |
 *	   10    40                                     95
 *
 * Each node of two mappings has a priority: a hash of its first mapping's address in
 * memory.  A node is above all nodes with a lower priority (a treap).  So the tree is as
 * deep as one whose nodes were inserted in random order, whatever the real order was.
 *
 * A run of insertions in order of addresses would go down the right side of the tree each
 * time.  So the last mappings form a list, the last one first, and 32 at a time become a
 * tree of their own that is joined with the other.  As long as there are any mappings
 * without a slot, the list has at least the last one.
 *
 * Bit 0 of &drm_gpuva.place is set in all mappings here: it tells them from mappings
 * that have a slot and point to their leaf.
 *
 * Locking: as in tree.c.
 *
 * Complexity: O(log k) for k mappings, expected.
 */

#include "internal.h"
#include "tree.h"

/* Mappings that the list has at most, but for the last one */
#define TAIL_MAX 32

/* Where a pointer to a node is: in the leaf, or in the node above */
struct spill_link {
	struct drm_gpuva **root;
	struct drm_gpuva *above;	/* NULL for the root */
	bool right;
};

static struct drm_gpuva *untag(unsigned long place)
{
	return (struct drm_gpuva *)(place & ~1UL);
}

/* Returns the second mapping of the node @first, or NULL if @first is alone. */
static struct drm_gpuva *second_of(const struct drm_gpuva *first)
{
	return untag(first->place);
}

static struct drm_gpuva *child_of(const struct drm_gpuva *first, bool right)
{
	const struct drm_gpuva *second = second_of(first);

	if (!second)
		return NULL;
	if (!right)
		return untag(second->place);
	return (struct drm_gpuva *)(unsigned long)((u64)first->half << 32 | second->half);
}

static void link_node(const struct spill_link *link, struct drm_gpuva *node)
{
	struct drm_gpuva *first = link->above, *second;

	if (!first) {
		*link->root = node;
		return;
	}
	second = second_of(first);
	/* A mapping alone has no children: @node is NULL. */
	if (!second)
		return;
	if (link->right) {
		first->half = (u64)(unsigned long)node >> 32;
		second->half = (unsigned long)node;
	} else {
		second->place = (unsigned long)node | 1;
	}
}

static void make_single(struct drm_gpuva *va)
{
	va->place = 1;
}

/* Makes a node without children of two mappings. */
static struct drm_gpuva *make_double(struct drm_gpuva *a, struct drm_gpuva *b)
{
	struct drm_gpuva *first = a->va.addr < b->va.addr ? a : b;
	struct drm_gpuva *second = first == a ? b : a;

	first->place = (unsigned long)second | 1;
	first->half = 0;
	second->place = 1;
	second->half = 0;
	return first;
}

/* Mappings alone have the lowest priority: they stay at the bottom. */
static u32 priority(const struct drm_gpuva *first)
{
	u64 hash = (u64)(unsigned long)first * 0x9e3779b97f4a7c15ULL;

	return second_of(first) ? (u32)(hash >> 32) | 1 : 0;
}

/* Inserts @node, of two mappings, below @link and above the nodes with a lower priority. */
static void insert_double(struct spill_link *link, struct drm_gpuva *below, struct drm_gpuva *node)
{
	struct spill_link left = { .above = node }, right = { .above = node, .right = true };

	while (below && priority(below) >= priority(node)) {
		link->above = below;
		link->right = node->va.addr > below->va.addr;
		below = child_of(below, link->right);
	}
	link_node(link, node);

	/* Split what was there. */
	while (below) {
		struct spill_link *side = below->va.addr < node->va.addr ? &left : &right;

		link_node(side, below);
		side->above = below;
		side->right = side == &left;
		below = child_of(below, side->right);
	}
	link_node(&left, NULL);
	link_node(&right, NULL);
}

/* Joins two subtrees below @link; all of @a is before all of @b. */
static void join_below(struct spill_link *link, struct drm_gpuva *a, struct drm_gpuva *b)
{
	while (a && b) {
		if (!second_of(a) && !second_of(b)) {
			a = make_double(a, b);
			b = NULL;
		} else if (priority(a) >= priority(b)) {
			link_node(link, a);
			link->above = a;
			link->right = true;
			a = child_of(a, true);
		} else {
			link_node(link, b);
			link->above = b;
			link->right = false;
			b = child_of(b, false);
		}
	}
	link_node(link, a ?: b);
}

static void treap_insert(struct drm_gpuva **root, struct drm_gpuva *va)
{
	struct spill_link link = { .root = root }, top = { .root = root };
	struct drm_gpuva *node = *root, *second;

	while (node) {
		second = second_of(node);
		if (!second) {
			link_node(&link, NULL);
			insert_double(&top, *root, make_double(node, va));
			return;
		}
		if (va->va.addr > node->va.addr && va->va.addr < second->va.addr) {
			/* The new mapping takes the place of the second, which moves on. */
			va->place = second->place;
			va->half = second->half;
			node->place = (unsigned long)va | 1;
			va = second;
		}
		link.above = node;
		link.right = va->va.addr > node->va.addr;
		node = child_of(node, link.right);
	}
	make_single(va);
	link_node(&link, va);
}

/* Takes the node out of the tree, whose place is @link. */
static void remove_node(struct spill_link *link, struct drm_gpuva *node)
{
	join_below(link, child_of(node, false), child_of(node, true));
}

/* Removes @va.  Returns false if it is not where its address says. */
static bool treap_remove(struct drm_gpuva **root, struct drm_gpuva *va)
{
	struct spill_link link = { .root = root };
	struct drm_gpuva *node = *root, *second = NULL;

	while (node) {
		second = second_of(node);
		if (node == va || second == va)
			break;
		link.above = node;
		link.right = va->va.addr > node->va.addr;
		node = child_of(node, link.right);
	}
	if (!node)
		return false;
	remove_node(&link, node);
	if (second)
		treap_insert(root, node == va ? second : node);
	return true;
}

static struct drm_gpuva *treap_first(struct drm_gpuva *root, u64 addr)
{
	struct drm_gpuva *node = root, *second, *best = NULL;

	while (node) {
		if (gpuvm_va_end(node) > addr) {
			best = node;
			node = child_of(node, false);
			continue;
		}
		second = second_of(node);
		/* Between the two there is no other mapping. */
		if (second && gpuvm_va_end(second) > addr)
			return second;
		node = child_of(node, true);
	}
	return best;
}

static struct drm_gpuva *treap_last(struct drm_gpuva *root)
{
	struct drm_gpuva *node = root, *right;

	while ((right = child_of(node, true)))
		node = right;
	return second_of(node) ?: node;
}

static void tail_push(struct gpuvm_leaf *leaf, struct drm_gpuva *va)
{
	va->place = (unsigned long)leaf->tail | 1;
	leaf->tail = va;
	leaf->tails++;
}

/* Moves all of the list but the last one to the tree, or the last two. */
static void tail_fold(struct gpuvm_leaf *leaf)
{
	struct drm_gpuva *keep = leaf->tail, *rest = untag(keep->place), *batch = NULL;
	struct spill_link link = { .root = &leaf->spill };

	if (!(leaf->tails & 1)) {
		/* The nodes of the tree have two mappings each. */
		keep = rest;
		rest = untag(keep->place);
	}
	keep->place = 1;
	leaf->tails = keep == leaf->tail ? 1 : 2;
	while (rest) {
		struct spill_link top = { .root = &batch };
		struct drm_gpuva *second = rest, *first = untag(rest->place);

		rest = untag(first->place);
		insert_double(&top, batch, make_double(first, second));
	}
	join_below(&link, leaf->spill, batch);
}

static bool tail_remove(struct gpuvm_leaf *leaf, const struct drm_gpuva *va)
{
	struct drm_gpuva *after = NULL, *each = leaf->tail;

	while (each && each != va) {
		after = each;
		each = untag(each->place);
	}
	if (!each)
		return false;
	if (after)
		after->place = each->place;
	else
		leaf->tail = untag(each->place);
	leaf->tails--;
	return true;
}

/**
 * gpuvm_spill_insert() - inserts a mapping without a slot
 * @leaf: the leaf, all of whose slots are before @va
 * @va: the mapping, which overlaps no other
 */
void gpuvm_spill_insert(struct gpuvm_leaf *leaf, struct drm_gpuva *va)
{
	if (!leaf->tail || va->va.addr > leaf->tail->va.addr) {
		tail_push(leaf, va);
		if (leaf->tails > TAIL_MAX)
			tail_fold(leaf);
		return;
	}
	/* The tree ends before the list starts. */
	if (leaf->tails > 1)
		tail_fold(leaf);
	if (leaf->tails > 1 && va->va.addr > untag(leaf->tail->place)->va.addr) {
		va->place = leaf->tail->place;
		leaf->tail->place = (unsigned long)va | 1;
		leaf->tails++;
	} else {
		treap_insert(&leaf->spill, va);
	}
}

/*
 * Takes all mappings out and inserts all but @without again.  Does not read the address
 * of @without, because the driver may have changed it.  Returns whether @without was
 * there.
 */
static bool rebuild(struct gpuvm_leaf *leaf, const struct drm_gpuva *without)
{
	struct drm_gpuva *all = leaf->tail, *node, *second;
	bool found = false;

	leaf->tail = NULL;
	leaf->tails = 0;
	while ((node = leaf->spill)) {
		struct spill_link top = { .root = &leaf->spill };

		second = second_of(node);
		remove_node(&top, node);
		if (second) {
			second->place = (unsigned long)all | 1;
			all = second;
		}
		node->place = (unsigned long)all | 1;
		all = node;
	}
	while ((node = all)) {
		all = untag(node->place);
		if (node == without)
			found = true;
		else
			gpuvm_spill_insert(leaf, node);
	}
	return found;
}

/**
 * gpuvm_spill_remove() - removes a mapping without a slot
 * @leaf: its leaf
 * @va: the mapping
 *
 * If the driver changed the range of @va, the function looks at all mappings.
 */
void gpuvm_spill_remove(struct gpuvm_leaf *leaf, struct drm_gpuva *va)
{
	if (!treap_remove(&leaf->spill, va) && !tail_remove(leaf, va))
		rebuild(leaf, va);
	if (!leaf->tail && leaf->spill) {
		struct drm_gpuva *last = treap_last(leaf->spill);

		treap_remove(&leaf->spill, last);
		tail_push(leaf, last);
	}
	va->place = 0;
}

/**
 * gpuvm_spill_first() - finds the first mapping without a slot that ends after an address
 * @leaf: the leaf
 * @addr: the address
 *
 * Return: the mapping, or NULL.
 */
struct drm_gpuva *gpuvm_spill_first(const struct gpuvm_leaf *leaf, u64 addr)
{
	struct drm_gpuva *best = leaf->tail, *va;

	if (!best || gpuvm_va_end(best) <= addr)
		return NULL;
	va = treap_first(leaf->spill, addr);
	if (va)
		return va;
	while ((va = untag(best->place)) && gpuvm_va_end(va) > addr)
		best = va;
	return best;
}

/**
 * gpuvm_spill_holds() - looks for a mapping whose range the driver has changed
 * @leaf: the leaf
 * @va: the mapping
 *
 * Return: true if the mapping is there.
 */
bool gpuvm_spill_holds(struct gpuvm_leaf *leaf, struct drm_gpuva *va)
{
	bool found = leaf->tail && rebuild(leaf, va);

	if (found)
		gpuvm_spill_insert(leaf, va);
	return found;
}
