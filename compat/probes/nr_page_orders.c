// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does the page allocator name its orders NR_PAGE_ORDERS and MAX_PAGE_ORDER?
// Since: v6.8 5e0a760b4441 ("mm, treewide: rename MAX_ORDER to MAX_PAGE_ORDER")
#include <linux/mmzone.h>

static unsigned long per_order[NR_PAGE_ORDERS];

unsigned long *probe(void);
unsigned long *probe(void)
{
	return &per_order[MAX_PAGE_ORDER];
}
