/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The GPUVM part of drm_gem.h of 6.12, for kernels before v6.6: each GEM object has a
 * list of the VMs that map it.
 *
 * The objects of these kernels have no field for the list.  Instead the list uses
 * lru_node, a list head that drm_gem_private_object_init() initialises.  The kernel
 * uses lru_node only with a &struct drm_gem_lru; TTM drivers have their own LRU and do
 * not.  So nobody may call drm_gem_lru_move_tail() for an object that is mapped through
 * GPUVM. drm_gem_object_release() does not change lru_node of an object that is in no
 * drm_gem_lru.
 *
 * Before v6.1 there is no lru_node, and compat/gem_gpuva.c keeps the list.
 */
#ifndef _NGV_DRM_GEM_H_
#define _NGV_DRM_GEM_H_

#include_next <drm/drm_gem.h>

#include <linux/dma-resv.h>
#include <linux/list.h>
#include <linux/lockdep.h>

/**
 * ngv_gem_gpuva_list() - gets the list of &struct drm_gpuvm_bo of a GEM object
 * @obj: the object
 *
 * Hides where the kernel keeps the list.  The object's gpuva lock protects the list,
 * see drm_gem_gpuva_assert_lock_held().
 */
#ifdef HAVE_DRM_GEM_OBJECT_GPUVA
#define ngv_gem_gpuva_list(obj) (&(obj)->gpuva.list)
#else

#ifdef HAVE_DRM_GEM_OBJECT_LRU_NODE
#define ngv_gem_gpuva_list(obj) (&(obj)->lru_node)

static_assert(__same_type(((struct drm_gem_object *)NULL)->lru_node, struct list_head),
	      "drm_gem_object.lru_node is no list head, nothing can carry the gpuva list");
/**
 * drm_gem_gpuva_init() - initialises the list of an object
 * @obj: the object
 *
 * For objects without drm_gem_private_object_init().  Semantics: mainline 6.12.
 */
static inline void drm_gem_gpuva_init(struct drm_gem_object *obj)
{
	INIT_LIST_HEAD(ngv_gem_gpuva_list(obj));
}
#else
#define drm_gem_gpuva_init	ngv_gem_gpuva_init

struct list_head *ngv_gem_gpuva_list(struct drm_gem_object *obj);
int ngv_gem_gpuva_prepare(struct drm_gem_object *obj);
void drm_gem_gpuva_init(struct drm_gem_object *obj);
void ngv_gem_gpuva_forget(struct drm_gem_object *obj);
#endif

/**
 * drm_gem_gpuva_assert_lock_held() - warns if the caller does not hold the gpuva lock
 * @obj: the object
 *
 * The lock is the object's dma-resv.  Semantics: mainline 6.12, for objects without
 * their own lock.
 */
#define drm_gem_gpuva_assert_lock_held(obj) \
	lockdep_assert(dma_resv_held((obj)->resv))

/**
 * drm_gem_gpuva_set_lock() - sets another lock than the dma-resv as the gpuva lock
 * @obj: the object
 * @lock: the lock
 *
 * The call only changes what lockdep checks.  Objects of these kernels have no room for
 * it, so with lockdep the call warns once.  Without lockdep the call does nothing, as
 * in mainline 6.12.
 */
#ifdef CONFIG_LOCKDEP
#define drm_gem_gpuva_set_lock(obj, lock)					\
	WARN_ONCE((obj) && &(lock)->dep_map,					\
		  "no room for a gpuva lock in GEM objects of this kernel\n")
#else
#define drm_gem_gpuva_set_lock(obj, lock) do { (void)(obj); (void)(lock); } while (0)
#endif
#endif /* HAVE_DRM_GEM_OBJECT_GPUVA */

#if defined(HAVE_DRM_GEM_OBJECT_GPUVA) || defined(HAVE_DRM_GEM_OBJECT_LRU_NODE)
/**
 * ngv_gem_gpuva_prepare() - makes sure that an object has a list
 * @obj: the object
 *
 * Return: 0, or -ENOMEM on kernels that keep the list beside the object.
 */
static inline int ngv_gem_gpuva_prepare(struct drm_gem_object *obj)
{
	return 0;
}
#endif

/**
 * ngv_gem_gpuva_mutex() - gets the mutex that protects the list in immediate mode
 * @obj: the object
 *
 * Each object has its own mutex since v6.18.  Before, objects share a few mutexes, so
 * the holder of one must not take another.
 */
#ifdef HAVE_DRM_GEM_GPUVA_MUTEX
#define ngv_gem_gpuva_mutex(obj) (&(obj)->gpuva.lock)
#else
struct mutex *ngv_gem_gpuva_mutex(const struct drm_gem_object *obj);
#endif

#if defined(HAVE_DRM_GEM_OBJECT_GPUVA) && !defined(HAVE_DRM_GEM_GPUVA_LOCK_BY_OBJECT)
/* From v6.18 on the assertion takes the VM.  This one takes only the object. */
#undef drm_gem_gpuva_assert_lock_held
#define drm_gem_gpuva_assert_lock_held(obj) \
	lockdep_assert(dma_resv_held((obj)->resv))
#endif

#if !defined(HAVE_DRM_GEM_OBJECT_GPUVA) && !defined(HAVE_DRM_GEM_OBJECT_LRU_NODE)
/* Makes the list in advance: memory may be short later. */
static inline void ngv_gem_private_object_init(struct drm_device *dev,
					       struct drm_gem_object *obj, size_t size)
{
	drm_gem_private_object_init(dev, obj, size);
	drm_gem_gpuva_init(obj);
}

static inline int ngv_gem_object_init(struct drm_device *dev,
				      struct drm_gem_object *obj, size_t size)
{
	int err = drm_gem_object_init(dev, obj, size);

	if (!err)
		drm_gem_gpuva_init(obj);
	return err;
}

/* Frees the data beside an object, and beside its reservation. */
static inline void ngv_gem_object_release(struct drm_gem_object *obj)
{
	ngv_gem_gpuva_forget(obj);
#ifndef HAVE_DMA_RESV_USAGE
	ngv_dma_resv_forget(&obj->_resv);
#endif
	drm_gem_object_release(obj);
}

#define drm_gem_private_object_init	ngv_gem_private_object_init
#define drm_gem_object_init		ngv_gem_object_init
#define drm_gem_object_release		ngv_gem_object_release
#endif

/* In v6.6 and v6.7 the list has another type of member. */
#ifndef drm_gem_for_each_gpuvm_bo
/**
 * drm_gem_for_each_gpuvm_bo() - iterates over the VMs that map an object
 * @entry__: &struct drm_gpuvm_bo pointer that is set to each
 * @obj__: the object
 *
 * The caller holds the object's gpuva lock.  Semantics: mainline 6.12.
 */
#define drm_gem_for_each_gpuvm_bo(entry__, obj__) \
	list_for_each_entry(entry__, ngv_gem_gpuva_list(obj__), list.entry.gem)
#endif

#ifndef drm_gem_for_each_gpuvm_bo_safe
/**
 * drm_gem_for_each_gpuvm_bo_safe() - same, and the body may free @entry__
 * @entry__: &struct drm_gpuvm_bo pointer that is set to each
 * @next__: another such pointer, for the iterator
 * @obj__: the object
 */
#define drm_gem_for_each_gpuvm_bo_safe(entry__, next__, obj__) \
	list_for_each_entry_safe(entry__, next__, ngv_gem_gpuva_list(obj__), list.entry.gem)
#endif

/* Unnecessary from v6.15. */
#ifndef HAVE_DRM_GEM_IS_IMPORTED
/* Checks whether the buffer of @obj is another driver's. */
static inline bool drm_gem_is_imported(const struct drm_gem_object *obj)
{
	return obj->import_attach;
}
#endif

#endif
