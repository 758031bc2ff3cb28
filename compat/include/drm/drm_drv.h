/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Unnecessary from v6.14, where drivers have no date; from v6.6 on PRIME helpers are the
 * default.
 */
#ifndef NGV_COMPAT_DRM_DRV_H
#define NGV_COMPAT_DRM_DRV_H

#include_next <drm/drm_drv.h>

#ifndef HAVE_DRM_DRIVER_CONST
/* Before v5.11 the parameter is not const, although the function changes nothing. */
#define drm_dev_alloc(driver, parent) \
	drm_dev_alloc((struct drm_driver *)(driver), parent)
#endif

/* The core of older kernels does nothing for GPUVM, so no feature bit is needed. */
#ifndef HAVE_DRM_DRIVER_GEM_GPUVA
#define DRIVER_GEM_GPUVA	0
#endif

/*
 * The entries of a driver that can import, for its &struct drm_driver.  Before v6.6 the
 * PRIME helpers are no default: a driver without them compiles, and PRIME_FD_TO_HANDLE,
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

/*
 * The name of a driver in its &struct drm_driver.  A kernel that returns a driver's date
 * warns if there is none, and DRM_IOCTL_VERSION then gives programs a string that is
 * NULL, on which libdrm crashes.  The date is the one that nouveau always had.
 */
#ifdef HAVE_DRM_DRIVER_DATE
#define DRM_DRIVER_NAME(n)	.name = (n), .date = "20120801"
#else
#define DRM_DRIVER_NAME(n)	.name = (n)
#endif

#endif
