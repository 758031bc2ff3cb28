/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.17. */
#ifndef NGV_COMPAT_LINUX_HIGHMEM_H
#define NGV_COMPAT_LINUX_HIGHMEM_H

#include_next <linux/highmem.h>

#ifndef HAVE_KMAP_LOCAL_PAGE_TRY_FROM_PANIC
/**
 * kmap_local_page_try_from_panic() - maps a page in any context
 * @page: the page
 *
 * Return: its address, or NULL if the page has none yet.
 */
static inline void *kmap_local_page_try_from_panic(const struct page *page)
{
	return PageHighMem(page) ? NULL : page_address(page);
}
#endif

#endif
