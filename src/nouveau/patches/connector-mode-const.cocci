// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: before 6.15 the mode that a connector checks is not const.
// Files: drivers/gpu/drm/nouveau/nouveau_connector.c drivers/gpu/drm/nouveau/dispnv50/disp.c
// Bases: 7.3
// Drop: when the oldest supported kernel is 6.15
@helpers@
identifier funcs, fn;
@@
 struct drm_connector_helper_funcs funcs = {
	...,
	.mode_valid = fn,
	...,
 };

@@
typedef drm_connector_checked_mode;
identifier helpers.fn, connector, mode;
@@
 fn(struct drm_connector *connector,
-   const struct drm_display_mode *mode
+   drm_connector_checked_mode *mode
   )
 { ... }
