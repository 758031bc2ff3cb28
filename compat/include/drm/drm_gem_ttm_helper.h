/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Unnecessary from v6.10, where the core holds a GEM object's reservation when it calls
 * pin and unpin.  The core does so for vmap and vunmap from v6.2 on.
 *
 * The types are the same in all kernels: code for the other rule compiles, and then
 * deadlocks or races.
 */
#ifndef NGV_COMPAT_DRM_GEM_TTM_HELPER_H
#define NGV_COMPAT_DRM_GEM_TTM_HELPER_H

#include_next <drm/drm_gem_ttm_helper.h>

#include <linux/dma-resv.h>

/**
 * ngv_gem_vmap_begin() - start a vmap or vunmap callback
 * @obj: the GEM object
 *
 * Process context, may sleep.  Locks the reservation of @obj unless the core holds it
 * already.  End with ngv_gem_vmap_end().
 */
static inline void ngv_gem_vmap_begin(struct drm_gem_object *obj)
{
#ifndef HAVE_DRM_GEM_VMAP_LOCKED
	dma_resv_lock(obj->resv, NULL);
#endif
	dma_resv_assert_held(obj->resv);
}

/**
 * ngv_gem_vmap_end() - end a vmap or vunmap callback
 * @obj: the GEM object
 */
static inline void ngv_gem_vmap_end(struct drm_gem_object *obj)
{
#ifndef HAVE_DRM_GEM_VMAP_LOCKED
	dma_resv_unlock(obj->resv);
#endif
}

/**
 * ngv_gem_pin_begin() - start a pin or unpin callback
 * @obj: the GEM object
 *
 * Process context, may sleep.  Locks the reservation of @obj unless the core holds it
 * already.  End with ngv_gem_pin_end().
 */
static inline void ngv_gem_pin_begin(struct drm_gem_object *obj)
{
#ifndef HAVE_DRM_GEM_PIN_LOCKED
	dma_resv_lock(obj->resv, NULL);
#endif
	dma_resv_assert_held(obj->resv);
}

/**
 * ngv_gem_pin_end() - end a pin or unpin callback
 * @obj: the GEM object
 */
static inline void ngv_gem_pin_end(struct drm_gem_object *obj)
{
#ifndef HAVE_DRM_GEM_PIN_LOCKED
	dma_resv_unlock(obj->resv);
#endif
}

#endif
