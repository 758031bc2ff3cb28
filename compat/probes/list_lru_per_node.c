// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does list_lru take the node of an entry, and do its walkers run without its lock?
// Since: v6.13 (list_lru_add() has the node since v6.8)
// Export: list_lru_add list_lru_walk_node list_lru_isolate
#include <linux/list_lru.h>

static enum lru_status take(struct list_head *item, struct list_lru_one *list, void *arg)
{
	list_lru_isolate(list, item);
	return LRU_REMOVED;
}

unsigned long probe(struct list_lru *lru, struct list_head *item, unsigned long *count);
unsigned long probe(struct list_lru *lru, struct list_head *item, unsigned long *count)
{
	list_lru_add(lru, item, 0, NULL);
	return list_lru_walk_node(lru, 0, take, NULL, count);
}
