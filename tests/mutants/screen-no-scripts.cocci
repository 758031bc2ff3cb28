// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a mode is set without the scripts of the VBIOS
// File: upstream/drivers/gpu/drm/nouveau/nvkm/engine/disp/nv50.c
// Chip: gm107
// Screen: dvi
// Cases: mode-1024
@@
@@
 nv50_disp_super_ied_on(...)
 {
+	return;
	...
 }
