// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: before 6.17 fb_create() gets no format; a function that compat makes looks the format up.
// Files: drivers/gpu/drm/nouveau/nouveau_display.h drivers/gpu/drm/nouveau/nouveau_display.c drivers/gpu/drm/nouveau/dispnv50/disp.c
// Bases: 7.3
// Drop: when the oldest supported kernel is 6.17
@@
declarer name DRM_FB_CREATE_DEFINE;
@@
 struct drm_framebuffer *
 nouveau_user_framebuffer_create(struct drm_device *, struct drm_file *,
				 const struct drm_format_info *,
				 const struct drm_mode_fb_cmd2 *);
+DRM_FB_CREATE_DEFINE(nouveau_user_framebuffer_create);

@@
identifier funcs, fn;
@@
 struct drm_mode_config_funcs funcs = {
	...,
-	.fb_create = fn,
+	DRM_FB_CREATE(fn),
	...,
 };

@@
expression dev, fb, info, cmd;
@@
-drm_helper_mode_fill_fb_struct(dev, fb, info, cmd)
+drm_mode_fill_fb_struct(dev, fb, info, cmd)
