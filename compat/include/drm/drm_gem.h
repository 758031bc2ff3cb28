/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What drm_gem.h of 6.12 has for GPUVM, for kernels before v6.6: each GEM
 * object carries a list of the VMs that map it.
 *
 * Such a kernel's objects have no field for it.  They do have lru_node, a list
 * head which drm_gem_private_object_init() initialises and which is used only
 * with a &struct drm_gem_lru; TTM drivers have their own LRU and leave it
 * alone.  It becomes the head of our list.  Therefore drm_gem_lru_move_tail()
 * must never be called for an object that is mapped through GPUVM;
 * drm_gem_object_release() does nothing to lru_node of an object that is on no
 * drm_gem_lru.
 *
 * Before v6.1 there is no lru_node either, and the list is kept beside the object
 * (compat/gem_gpuva.c).
 */
#ifndef _NGV_DRM_GEM_H_
#define _NGV_DRM_GEM_H_

#include_next <drm/drm_gem.h>

#include <linux/dma-resv.h>
#include <linux/list.h>
#include <linux/lockdep.h>

/**
 * ngv_gem_gpuva_list() - the list of &struct drm_gpuvm_bo of a GEM object
 * @obj: the object
 *
 * The one way to get at it, whatever field the kernel has for it.  Protected by
 * the object's gpuva lock, see drm_gem_gpuva_assert_lock_held().
 */
#ifdef HAVE_DRM_GEM_OBJECT_GPUVA
#define ngv_gem_gpuva_list(obj) (&(obj)->gpuva.list)
#else

#ifdef HAVE_DRM_GEM_OBJECT_LRU_NODE
#define ngv_gem_gpuva_list(obj) (&(obj)->lru_node)

static_assert(__same_type(((struct drm_gem_object *)NULL)->lru_node, struct list_head),
	      "drm_gem_object.lru_node is no list head, nothing can carry the gpuva list");
/**
 * drm_gem_gpuva_init() - makes the list of an object empty
 * @obj: the object
 *
 * For objects that drm_gem_private_object_init() never sees.
 * Semantics: mainline 6.12.
 */
static inline void drm_gem_gpuva_init(struct drm_gem_object *obj)
{
	INIT_LIST_HEAD(ngv_gem_gpuva_list(obj));
}
#else
#define drm_gem_gpuva_init	ngv_gem_gpuva_init

struct list_head *ngv_gem_gpuva_list(struct drm_gem_object *obj);
void drm_gem_gpuva_init(struct drm_gem_object *obj);
void ngv_gem_gpuva_forget(struct drm_gem_object *obj);
#endif

/**
 * drm_gem_gpuva_assert_lock_held() - complains if the list may change
 * @obj: the object
 *
 * The lock is the object's dma-resv.  Semantics: mainline 6.12, for objects
 * without a lock of their own.
 */
#define drm_gem_gpuva_assert_lock_held(obj) \
	lockdep_assert(dma_resv_held((obj)->resv))

/**
 * drm_gem_gpuva_set_lock() - has another lock than the dma-resv protect the list
 * @obj: the object
 * @lock: the lock
 *
 * It changes nothing but what lockdep asserts.  The object has no room to
 * remember it here, so with lockdep this says so once; without lockdep it does
 * nothing, as in mainline 6.12.
 */
#ifdef CONFIG_LOCKDEP
#define drm_gem_gpuva_set_lock(obj, lock)					\
	WARN_ONCE((obj) && &(lock)->dep_map,					\
		  "no room for a gpuva lock in GEM objects of this kernel\n")
#else
#define drm_gem_gpuva_set_lock(obj, lock) do { (void)(obj); (void)(lock); } while (0)
#endif
#endif /* HAVE_DRM_GEM_OBJECT_GPUVA */

/**
 * ngv_gem_gpuva_mutex() - the mutex that protects the list in immediate mode
 * @obj: the object
 *
 * Objects have one of their own since v6.18.  Before, several share one of a few:
 * who holds it takes no other of them, and no more is asked of it than that.
 */
#ifdef HAVE_DRM_GEM_GPUVA_MUTEX
#define ngv_gem_gpuva_mutex(obj) (&(obj)->gpuva.lock)
#else
struct mutex *ngv_gem_gpuva_mutex(const struct drm_gem_object *obj);
#endif

#if defined(HAVE_DRM_GEM_OBJECT_GPUVA) && !defined(HAVE_DRM_GEM_GPUVA_LOCK_BY_OBJECT)
/* From v6.18 on the lock is chosen for a VM.  This is the one of an object. */
#undef drm_gem_gpuva_assert_lock_held
#define drm_gem_gpuva_assert_lock_held(obj) \
	lockdep_assert(dma_resv_held((obj)->resv))
#endif

#if !defined(HAVE_DRM_GEM_OBJECT_GPUVA) && !defined(HAVE_DRM_GEM_OBJECT_LRU_NODE)
/* So that the list need not be made where memory may be short. */
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

/* What is kept beside an object, and beside its reservation, goes with it. */
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

/* v6.6 and v6.7 have the list, of another type of member. */
#ifndef drm_gem_for_each_gpuvm_bo
/**
 * drm_gem_for_each_gpuvm_bo() - walks the VMs that map an object
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
 * @next__: another such pointer, for the iterator's use
 * @obj__: the object
 */
#define drm_gem_for_each_gpuvm_bo_safe(entry__, next__, obj__) \
	list_for_each_entry_safe(entry__, next__, ngv_gem_gpuva_list(obj__), list.entry.gem)
#endif

#endif
