// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What is mapped at a moment.
 *
 * Mappings do not overlap, so they are kept by address in a treap: a search tree
 * in which random priorities keep the branches short. What is unmapped or mapped
 * over becomes a span of the scene; if only its middle goes, the rest lives on.
 */
#include <stdlib.h>

#include "vaspace.h"

struct node {
	struct node *left, *right;
	uint32_t priority;
	struct span span;
};

struct live {
	struct node *root;
	struct scene *scene;
	uint32_t state;
	uint64_t backed;
};

struct live *live_new(struct scene *scene)
{
	struct live *live = calloc(1, sizeof(*live));

	if (!live)
		die("no memory");
	live->scene = scene;
	live->state = 1;
	return live;
}

/* Those that begin before @va to the left, all others to the right. */
static void split(struct node *node, uint64_t va, struct node **left, struct node **right)
{
	while (node) {
		if (node->span.va < va) {
			*left = node;
			left = &node->right;
			node = node->right;
		} else {
			*right = node;
			right = &node->left;
			node = node->left;
		}
	}
	*left = NULL;
	*right = NULL;
}

static struct node *join(struct node *left, struct node *right)
{
	struct node *root, **at = &root;

	while (left && right) {
		if (left->priority > right->priority) {
			*at = left;
			at = &left->right;
			left = left->right;
		} else {
			*at = right;
			at = &right->left;
			right = right->left;
		}
	}
	*at = left ? left : right;
	return root;
}

static struct node *new_node(struct live *live, const struct span *span)
{
	struct node *node = calloc(1, sizeof(*node));

	if (!node)
		die("no memory for another mapping");
	/* xorshift */
	live->state ^= live->state << 13;
	live->state ^= live->state >> 17;
	live->state ^= live->state << 5;
	node->priority = live->state;
	node->span = *span;
	return node;
}

/* The part of a mapping from @va to @end */
static struct span part(const struct span *span, uint64_t va, uint64_t end)
{
	struct span p = *span;

	p.va = va;
	p.end = end;
	if (p.backing != SPARSE)
		p.addr += va - span->va;
	return p;
}

static void ended(struct live *live, const struct span *span, uint64_t time, bool open)
{
	struct scene *scene = live->scene;
	struct span *s;

	if (span->backing != SPARSE)
		live->backed -= span->end - span->va;
	/* Too late or too early to be seen, or gone before anybody could use it. */
	if (time <= scene->from || span->from >= scene->to || (time == span->from && !open))
		return;
	scene->spans = grow(scene->spans, scene->n_spans, &scene->spans_room, sizeof(*s));
	s = &scene->spans[scene->n_spans++];
	*s = *span;
	s->to = time;
	s->open = open;
}

/* Ends a whole tree, which becomes a list while it is walked. */
static void end_all(struct live *live, struct node *node, uint64_t time, bool open)
{
	struct node *next;

	while (node) {
		if (node->left) {
			next = node->left;
			node->left = next->right;
			next->right = node;
		} else {
			ended(live, &node->span, time, open);
			next = node->right;
			free(node);
		}
		node = next;
	}
}

static void insert(struct live *live, const struct span *span)
{
	struct node *left, *right;

	split(live->root, span->va, &left, &right);
	live->root = join(join(left, new_node(live, span)), right);
}

void live_unmap(struct live *live, uint64_t va, uint64_t end, uint64_t time)
{
	struct node *left, *middle, *right, *last;
	struct span whole;

	/* The one that begins before @va may reach in. */
	split(live->root, va, &left, &right);
	for (last = left; last && last->right; last = last->right)
		;
	if (last && last->span.end > va) {
		whole = last->span;
		last->span.end = va;
		live->root = join(left, right);
		whole = part(&whole, va, whole.end);
		insert(live, &whole);
		split(live->root, va, &left, &right);
	}
	split(right, end, &middle, &right);
	/* Likewise the last of those that begin before @end. */
	for (last = middle; last && last->right; last = last->right)
		;
	if (last && last->span.end > end) {
		whole = part(&last->span, end, last->span.end);
		last->span.end = end;
		right = join(new_node(live, &whole), right);
	}
	live->root = join(left, right);

	end_all(live, middle, time, false);
}

void live_map(struct live *live, const struct span *span)
{
	live_unmap(live, span->va, span->end, span->from);
	insert(live, span);
	if (span->backing != SPARSE)
		live->backed += span->end - span->va;
	if (live->backed > live->scene->peak && span->from <= live->scene->to)
		live->scene->peak = live->backed;
}

void live_finish(struct live *live, uint64_t time)
{
	end_all(live, live->root, time, true);
	live->root = NULL;
}

void live_free(struct live *live)
{
	free(live);
}
