// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: rows of an image begin at the wrong place
// File: upstream/drivers/gpu/drm/nouveau/dispnv50/base907c.c
// Chip: gm107
// Screen: dvi
// Cases: mode-1024
@@
identifier asyw;
@@
 base907c_image_set(..., struct nv50_wndw_atom *asyw)
 {
	<...
-	asyw->image.pitch[0] >> 8
+	(asyw->image.pitch[0] >> 8) + 1
	...>
 }
