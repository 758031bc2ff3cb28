/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.6, which has DRM_DEBUGFS_GPUVA_INFO(). */
#ifndef NGV_COMPAT_DRM_DEBUGFS_H
#define NGV_COMPAT_DRM_DEBUGFS_H

#include_next <drm/drm_debugfs.h>

#ifndef HAVE_DRM_DEBUGFS_GPUVA_INFO
#include <drm/drm_drv.h>

/* The &struct drm_info_list entry of the file "gpuvas" */
#define DRM_DEBUGFS_GPUVA_INFO(show_fn, cookie) {	\
	.name = "gpuvas",				\
	.show = (show_fn),				\
	.driver_features = DRIVER_GEM_GPUVA,		\
	.data = (cookie),				\
}
#endif

#endif
