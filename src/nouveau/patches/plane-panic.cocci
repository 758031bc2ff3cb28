// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: before 6.10 planes show no panics; a macro sets the callback if the kernel has it.
// Files: drivers/gpu/drm/nouveau/dispnv50/wndw.c
// Bases: 7.3
// Drop: when the oldest supported kernel is 6.10
@@
identifier funcs, fn;
@@
 struct drm_plane_helper_funcs funcs = {
	...,
-	.get_scanout_buffer = fn,
+	DRM_PLANE_GET_SCANOUT_BUFFER(fn),
	...,
 };
