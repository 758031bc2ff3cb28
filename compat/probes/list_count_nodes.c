// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does the kernel count the nodes of a list?
// Since: v6.3 4d70c74659d9 ("i915: Move list_count() to list.h as list_count_nodes() for broader use")
// Absent: list_count_nodes
#include <linux/list.h>

size_t probe(struct list_head *list);
size_t probe(struct list_head *list)
{
	return list_count_nodes(list);
}
