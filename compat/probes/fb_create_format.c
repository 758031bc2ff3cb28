// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does fb_create() get the format of the framebuffer?
// Since: v6.17
#include <drm/drm_framebuffer.h>
#include <drm/drm_mode_config.h>
#include <drm/drm_modeset_helper.h>

#ifndef NGV_OTHERWISE
typedef struct drm_framebuffer *(*create)(struct drm_device *dev, struct drm_file *file,
					  const struct drm_format_info *info,
					  const struct drm_mode_fb_cmd2 *cmd);

create probe(const struct drm_mode_config_funcs *funcs, struct drm_framebuffer *fb);
create probe(const struct drm_mode_config_funcs *funcs, struct drm_framebuffer *fb)
{
	drm_helper_mode_fill_fb_struct(fb->dev, fb, fb->format, NULL);
	return funcs->fb_create;
}
#else
typedef struct drm_framebuffer *(*create)(struct drm_device *dev, struct drm_file *file,
					  const struct drm_mode_fb_cmd2 *cmd);

create probe(const struct drm_mode_config_funcs *funcs, struct drm_framebuffer *fb);
create probe(const struct drm_mode_config_funcs *funcs, struct drm_framebuffer *fb)
{
	drm_helper_mode_fill_fb_struct(fb->dev, fb, NULL);
	return funcs->fb_create;
}
#endif
