/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.7, where the core allocates shrinkers. */
#ifndef NGV_COMPAT_LINUX_SHRINKER_H
#define NGV_COMPAT_LINUX_SHRINKER_H

/* Not self-contained before v6.7. */
#include <linux/atomic.h>
#include <linux/list.h>
#include_next <linux/shrinker.h>

#ifndef HAVE_SHRINKER_ALLOC
#define shrinker_alloc		ngv_shrinker_alloc
#define shrinker_register	ngv_shrinker_register
#define shrinker_free		ngv_shrinker_free

struct shrinker *__printf(2, 3)
shrinker_alloc(unsigned int flags, const char *fmt, ...);
void shrinker_register(struct shrinker *shrinker);
void shrinker_free(struct shrinker *shrinker);
#endif

#endif
