/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.6, where PRIME works unless a driver objects. */
#ifndef NGV_COMPAT_DRM_DRV_H
#define NGV_COMPAT_DRM_DRV_H

#include_next <drm/drm_drv.h>

#ifndef HAVE_DRM_DRIVER_CONST
/* Before v5.11, which promises to leave it as it is. */
#define drm_dev_alloc(driver, parent) \
	drm_dev_alloc((struct drm_driver *)(driver), parent)
#endif

/* No feature: the core of such a kernel has nothing to do for GPUVM. */
#ifndef HAVE_DRM_DRIVER_GEM_GPUVA
#define DRIVER_GEM_GPUVA	0
#endif

/*
 * What a driver that can import says in its &struct drm_driver.  Where the PRIME
 * helpers are no default, leaving them out compiles, and then PRIME_FD_TO_HANDLE,
 * PRIME_HANDLE_TO_FD and mmap() of a dma-buf return ENOSYS.
 */
#ifdef HAVE_DRM_DRIVER_PRIME_CALLBACKS
#include <drm/drm_prime.h>

#define DRM_DRIVER_PRIME_IMPORT(import)					\
	.prime_handle_to_fd = drm_gem_prime_handle_to_fd,		\
	.prime_fd_to_handle = drm_gem_prime_fd_to_handle,		\
	.gem_prime_mmap = drm_gem_prime_mmap,				\
	.gem_prime_import_sg_table = (import)
#else
#define DRM_DRIVER_PRIME_IMPORT(import)					\
	.gem_prime_import_sg_table = (import)
#endif

#endif
