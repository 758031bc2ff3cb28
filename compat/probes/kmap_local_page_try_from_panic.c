// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Can a page be mapped during a panic, kmap_local_page_try_from_panic()?
// Since: v6.17
// Absent: kmap_local_page_try_from_panic
#include <linux/highmem.h>

void *probe(const struct page *page);
void *probe(const struct page *page)
{
	return kmap_local_page_try_from_panic(page);
}
