// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// The mutex of an object for immediate mode.
//
// Drop when the oldest supported kernel is 6.18.

#include <linux/export.h>
#include <linux/hash.h>
#include <linux/mutex.h>

#include <drm/drm_gem.h>

/* Each mutex protects the lists of all objects that hash to it. */
static struct mutex mutexes[] = {
	__MUTEX_INITIALIZER(mutexes[0]),
	__MUTEX_INITIALIZER(mutexes[1]),
	__MUTEX_INITIALIZER(mutexes[2]),
	__MUTEX_INITIALIZER(mutexes[3]),
	__MUTEX_INITIALIZER(mutexes[4]),
	__MUTEX_INITIALIZER(mutexes[5]),
	__MUTEX_INITIALIZER(mutexes[6]),
	__MUTEX_INITIALIZER(mutexes[7]),
};

struct mutex *ngv_gem_gpuva_mutex(const struct drm_gem_object *obj)
{
	return &mutexes[hash_ptr(obj, 3)];
}
EXPORT_SYMBOL_GPL(ngv_gem_gpuva_mutex);
