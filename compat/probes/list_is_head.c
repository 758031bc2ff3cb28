// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is there a function that knows a list's head, list_is_head()?
// Since: v5.17
// Absent: list_is_head
#include <linux/list.h>

int probe(const struct list_head *node, const struct list_head *head);
int probe(const struct list_head *node, const struct list_head *head)
{
	return list_is_head(node, head);
}
