// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the cursor is at the wrong place
// File: upstream/drivers/gpu/drm/nouveau/dispnv50/curs507a.c
// Chip: gm107
// Screen: dvi
// Cases: cursor
@@
identifier asyw;
@@
 curs507a_point(..., struct nv50_wndw_atom *asyw)
 {
	<...
-	asyw->point.x
+	asyw->point.y
	...>
 }
