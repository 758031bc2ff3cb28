// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: no vertical blank is ever told
// File: upstream/drivers/gpu/drm/nouveau/nvkm/engine/disp/gf119.c
// Chip: gm107
// Screen: dvi
// Cases: vblanks
@@
@@
 gf119_head_vblank_get(...)
 {
	...
-	nvkm_mask(device, 0x6100c0 + hoff, 0x00000001, 0x00000001);
 }
