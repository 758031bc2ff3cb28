// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Drop when the oldest supported kernel is 6.18.

#include <linux/export.h>
#include <linux/hash.h>
#include <linux/mutex.h>

#include <drm/drm_gem.h>

#define ONE(i)	__MUTEX_INITIALIZER(mutexes[i])
#define FOUR(i)	ONE(i), ONE((i) + 1), ONE((i) + 2), ONE((i) + 3)

static struct mutex mutexes[] = { FOUR(0), FOUR(4), FOUR(8), FOUR(12) };

struct mutex *ngv_gem_gpuva_mutex(const struct drm_gem_object *obj)
{
	return &mutexes[hash_ptr(obj, 4)];
}
EXPORT_SYMBOL_GPL(ngv_gem_gpuva_mutex);
