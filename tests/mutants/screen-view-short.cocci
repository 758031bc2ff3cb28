// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the lowest line of the picture is missing
// File: upstream/drivers/gpu/drm/nouveau/dispnv50/head907d.c
// Chip: gm107
// Screen: dvi
// Cases: mode-1024
@@
identifier asyh;
@@
 head907d_view(..., struct nv50_head_atom *asyh)
 {
	<...
-	asyh->view.oH
+	asyh->view.oH - 1
	...>
 }
