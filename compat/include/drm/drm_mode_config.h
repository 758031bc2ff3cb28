/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Unnecessary from v6.17, where fb_create() gets the format of the framebuffer; v6.3
 * renamed the property of the driver's own TV norms.
 */
#ifndef NGV_COMPAT_DRM_MODE_CONFIG_H
#define NGV_COMPAT_DRM_MODE_CONFIG_H

#include_next <drm/drm_mode_config.h>

#ifndef HAVE_DRM_MODE_CREATE_TV_PROPERTIES_LEGACY
#define legacy_tv_mode_property tv_mode_property
#endif

/*
 * DRM_FB_CREATE_DEFINE() makes the function that DRM_FB_CREATE() puts in the
 * &struct drm_mode_config_funcs, from one that gets the format.
 */
#ifdef HAVE_FB_CREATE_FORMAT
#define DRM_FB_CREATE_DEFINE(...)	struct drm_mode_fb_cmd2
#define DRM_FB_CREATE(create)	.fb_create = (create)
#else
#include <drm/drm_fourcc.h>

/* The last line takes the semicolon. */
#define DRM_FB_CREATE_DEFINE(create)					\
static inline struct drm_framebuffer *					\
ngv_##create(struct drm_device *dev, struct drm_file *file,		\
	     const struct drm_mode_fb_cmd2 *cmd)			\
{									\
	return create(dev, file, drm_get_format_info(dev, cmd), cmd);	\
}									\
struct drm_mode_fb_cmd2
#define DRM_FB_CREATE(create)	.fb_create = ngv_##create
#endif

#endif
