/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v5.19, where a reservation keeps all its fences itself. */
#ifndef NGV_COMPAT_DRM_PRIME_H
#define NGV_COMPAT_DRM_PRIME_H

#include_next <drm/drm_prime.h>

#ifndef HAVE_DMA_RESV_USAGE
#include <drm/drm_gem.h>

/* The exporter frees the reservation, and does not free our data about it. */
static inline void ngv_prime_gem_destroy(struct drm_gem_object *obj, struct sg_table *sg)
{
	ngv_dma_resv_tidy(obj->resv);
	drm_prime_gem_destroy(obj, sg);
}

#define drm_prime_gem_destroy ngv_prime_gem_destroy
#endif

#endif
