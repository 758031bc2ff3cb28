/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.17, where fb_create() gets the format of the framebuffer. */
#ifndef NGV_COMPAT_DRM_MODESET_HELPER_H
#define NGV_COMPAT_DRM_MODESET_HELPER_H

#include_next <drm/drm_modeset_helper.h>

/* Older kernels look the format up themselves. */
#ifdef HAVE_FB_CREATE_FORMAT
#define drm_mode_fill_fb_struct	drm_helper_mode_fill_fb_struct
#else
#define drm_mode_fill_fb_struct(dev, fb, info, cmd)	\
	((void)(info), drm_helper_mode_fill_fb_struct(dev, fb, cmd))
#endif

#endif
