/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.3, which has list_count_nodes(). list_is_head() is in v5.17. */
#ifndef NGV_COMPAT_LINUX_LIST_H
#define NGV_COMPAT_LINUX_LIST_H

#include_next <linux/list.h>

#ifndef HAVE_LIST_COUNT_NODES
/**
 * list_count_nodes() - counts the entries of a list
 * @list: the list's head, which does not count
 *
 * Any context.  The caller keeps the list from changing.  Semantics: mainline 6.12.
 *
 * Return: the number of entries.
 */
static inline size_t list_count_nodes(struct list_head *list)
{
	const struct list_head *node = list;
	size_t n = 0;

	while ((node = node->next) != list)
		n++;
	return n;
}
#endif

#ifndef HAVE_LIST_IS_HEAD
/**
 * list_is_head() - checks whether a node is the list's head
 * @node: the node
 * @head: the head
 *
 * Any context.  Semantics: mainline 6.12.
 *
 * Return: 1 if @node is the head, else 0.
 */
static inline int list_is_head(const struct list_head *node, const struct list_head *head)
{
	return node == head;
}
#endif

#endif
