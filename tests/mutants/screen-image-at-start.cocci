// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the second image shows what the first one has
// File: upstream/drivers/gpu/drm/nouveau/dispnv50/base907c.c
// Chip: gm107
// Screen: dvi
// Cases: mode-1024,flips
@@
identifier asyw;
@@
 base907c_image_set(..., struct nv50_wndw_atom *asyw)
 {
	<...
-	asyw->image.offset[0] >> 8
+	0x00000000
	...>
 }
