// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the picture is one pixel wider than the mode
// File: upstream/drivers/gpu/drm/nouveau/dispnv50/head907d.c
// Chip: gm107
// Screen: dvi
// Cases: mode-1024
@@
struct nv50_head_mode *m;
@@
 head907d_mode(...)
 {
	<...
-	m->h.blanks
+	m->h.blanks + 1
	...>
 }
