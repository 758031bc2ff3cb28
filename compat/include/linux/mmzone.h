/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.8, which renamed MAX_ORDER to MAX_PAGE_ORDER. */
#ifndef NGV_COMPAT_LINUX_MMZONE_H
#define NGV_COMPAT_LINUX_MMZONE_H

#include_next <linux/mmzone.h>

#ifndef HAVE_NR_PAGE_ORDERS
#include <linux/kernel.h>

/*
 * MAX_ORDER was the number of orders before v6.4 and the largest order after it.  The
 * number of buddy lists, one for each order, is unambiguous.
 */
#define NR_PAGE_ORDERS	((int)ARRAY_SIZE(((struct zone *)NULL)->free_area))
#define MAX_PAGE_ORDER	(NR_PAGE_ORDERS - 1)
#endif

#endif
