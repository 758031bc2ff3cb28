// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the table of colours is read from the wrong place
// File: upstream/drivers/gpu/drm/nouveau/dispnv50/head907d.c
// Chip: gm107
// Screen: dvi
// Cases: gamma
@@
identifier asyh;
@@
 head907d_olut_set(..., struct nv50_head_atom *asyh)
 {
	<...
-	asyh->olut.offset >> 8
+	(asyh->olut.offset >> 8) + 4
	...>
 }
