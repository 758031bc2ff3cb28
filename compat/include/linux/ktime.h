/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v7.2. */
#ifndef NGV_COMPAT_LINUX_KTIME_H
#define NGV_COMPAT_LINUX_KTIME_H

#include_next <linux/ktime.h>

#ifndef HAVE_US_TO_KTIME
/* Converts microseconds. */
static inline ktime_t us_to_ktime(u64 us)
{
	return us * NSEC_PER_USEC;
}
#endif

#endif
