/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v5.13, which has lockdep_assert(). */
#ifndef NGV_COMPAT_LINUX_LOCKDEP_H
#define NGV_COMPAT_LINUX_LOCKDEP_H

#include_next <linux/lockdep.h>

#ifndef lockdep_assert
#ifdef CONFIG_LOCKDEP
#define lockdep_assert(cond) WARN_ON(debug_locks && !(cond))
#else
/* For conditions that are compiled but not evaluated */
int lockdep_is_held(const void *lock);

#define lockdep_assert(cond) ((void)sizeof(!(cond)))
#endif
#endif

#endif
