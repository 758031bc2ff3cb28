/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.3, which has list_count_nodes(). */
#ifndef NGV_COMPAT_LINUX_LIST_H
#define NGV_COMPAT_LINUX_LIST_H

#include_next <linux/list.h>

#ifndef HAVE_LIST_COUNT_NODES
/**
 * list_count_nodes() - number of entries on a list
 * @list: the list's head, which does not count
 *
 * Any context; whoever calls keeps the list from changing.  Semantics:
 * mainline 6.12.
 *
 * Return: the number, 0 for an empty list.
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

#endif
