// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: drm_edp_backlight_init() knows no luminance in older kernels, and has levels of 16 bits.
// Files: drivers/gpu/drm/nouveau/nouveau_backlight.c
// Bases: 7.3
// Drop: when the oldest supported kernel is 6.17
@@
@@
-drm_edp_backlight_init
+drm_edp_backlight_init_luminance
 (...)
