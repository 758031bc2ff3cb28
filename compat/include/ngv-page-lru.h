/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Lists of free pages, one for each memory node.
 *
 * TTM of 7.3 keeps its pool in a struct list_lru.  Before v6.8 list_lru_add() takes the
 * node from the address of the list head, which is wrong for page->lru, and until v6.12
 * the walkers get the lock.  Drop this file and the semantic patch ttm-pool-lru when the
 * oldest supported kernel is 6.13.
 */
#ifndef NGV_PAGE_LRU_H
#define NGV_PAGE_LRU_H

#include <linux/list_lru.h>

#ifdef HAVE_LIST_LRU_PER_NODE
#define ngv_page_lru		list_lru
#define ngv_page_lru_node	list_lru_one
#define ngv_page_lru_init	list_lru_init
#define ngv_page_lru_destroy	list_lru_destroy
#define ngv_page_lru_add	list_lru_add
#define ngv_page_lru_count	list_lru_count
#define ngv_page_lru_walk	list_lru_walk
#define ngv_page_lru_walk_node	list_lru_walk_node
#define ngv_page_lru_isolate	list_lru_isolate
#define ngv_page_lru_isolate_move	list_lru_isolate_move
#else

#include <linux/nodemask.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

/**
 * struct ngv_page_lru_node - the entries of one memory node
 * @lock: protects the other members
 * @list: the entries, the oldest first
 * @count: their number
 */
struct ngv_page_lru_node {
	spinlock_t lock; /* list and count */
	struct list_head list;
	unsigned long count;
};

struct ngv_page_lru {
	struct ngv_page_lru_node *node;
};

typedef enum lru_status (*ngv_page_lru_walk_cb)(struct list_head *item,
						struct ngv_page_lru_node *node, void *arg);

/**
 * ngv_page_lru_init() - prepares empty lists
 * @lru: the lists
 *
 * Process context, may sleep.  Does not fail, because TTM ignores a failure.
 */
static inline void ngv_page_lru_init(struct ngv_page_lru *lru)
{
	int nid;

	lru->node = kcalloc(nr_node_ids, sizeof(*lru->node), GFP_KERNEL | __GFP_NOFAIL);
	for (nid = 0; nid < nr_node_ids; nid++) {
		spin_lock_init(&lru->node[nid].lock);
		INIT_LIST_HEAD(&lru->node[nid].list);
	}
}

/**
 * ngv_page_lru_destroy() - frees the lists
 * @lru: the lists, which are empty
 */
static inline void ngv_page_lru_destroy(struct ngv_page_lru *lru)
{
	kfree(lru->node);
	lru->node = NULL;
}

/**
 * ngv_page_lru_add() - adds an entry as the youngest of its node
 * @lru: the lists
 * @item: the entry, in no list
 * @nid: the node
 * @memcg: NULL; these lists do not know cgroups
 *
 * Any context in which a spinlock may be taken.
 *
 * Return: true.
 */
static inline bool ngv_page_lru_add(struct ngv_page_lru *lru, struct list_head *item,
				    int nid, void *memcg)
{
	struct ngv_page_lru_node *node = &lru->node[nid];

	spin_lock(&node->lock);
	list_add_tail(item, &node->list);
	node->count++;
	spin_unlock(&node->lock);
	return true;
}

/* For a walker, which holds the lock of @node. */
static inline void ngv_page_lru_isolate(struct ngv_page_lru_node *node, struct list_head *item)
{
	list_del_init(item);
	node->count--;
}

/* For a walker, which holds the lock of @node. */
static inline void ngv_page_lru_isolate_move(struct ngv_page_lru_node *node,
					     struct list_head *item, struct list_head *to)
{
	list_move(item, to);
	node->count--;
}

/**
 * ngv_page_lru_count() - counts the entries of all nodes
 * @lru: the lists
 *
 * Return: the number, which may be old already.
 */
static inline unsigned long ngv_page_lru_count(struct ngv_page_lru *lru)
{
	unsigned long count = 0;
	int nid;

	for (nid = 0; nid < nr_node_ids; nid++)
		count += READ_ONCE(lru->node[nid].count);
	return count;
}

/**
 * ngv_page_lru_walk_node() - calls a function for the oldest entries of a node
 * @lru: the lists
 * @nid: the node
 * @take: takes the entry out of its list and returns LRU_REMOVED, under the spinlock
 * @arg: for @take
 * @left: calls that may still be made; the function subtracts those that it made
 *
 * Return: the number of entries that @take took.
 */
static inline unsigned long ngv_page_lru_walk_node(struct ngv_page_lru *lru, int nid,
						   ngv_page_lru_walk_cb take, void *arg,
						   unsigned long *left)
{
	struct ngv_page_lru_node *node = &lru->node[nid];
	struct list_head *item, *next;
	unsigned long taken = 0;

	spin_lock(&node->lock);
	list_for_each_safe(item, next, &node->list) {
		if (!*left)
			break;
		--*left;
		if (take(item, node, arg) == LRU_REMOVED)
			taken++;
	}
	spin_unlock(&node->lock);
	return taken;
}

/**
 * ngv_page_lru_walk() - calls a function for the entries of all nodes
 * @lru: the lists
 * @take: as for ngv_page_lru_walk_node()
 * @arg: for @take
 * @left: the most calls
 *
 * Return: the number of entries that @take took.
 */
static inline unsigned long ngv_page_lru_walk(struct ngv_page_lru *lru,
					      ngv_page_lru_walk_cb take, void *arg,
					      unsigned long left)
{
	unsigned long taken = 0;
	int nid;

	for (nid = 0; nid < nr_node_ids; nid++)
		taken += ngv_page_lru_walk_node(lru, nid, take, arg, &left);
	return taken;
}
#endif

#endif
