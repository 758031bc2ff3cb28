// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the cursor stays on the screen after a program took it off
// File: upstream/drivers/gpu/drm/nouveau/dispnv50/head907d.c
// Chip: gm107
// Screen: dvi
// Cases: cursor
@@
identifier head;
@@
 head907d_curs_clr(struct nv50_head *head)
 {
+	return 0;
	...
 }
