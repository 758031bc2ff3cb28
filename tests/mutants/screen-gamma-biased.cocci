// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: all colours are darker once a program has set a table of colours
// File: upstream/drivers/gpu/drm/nouveau/dispnv50/head907d.c
// Chip: gm107
// Screen: dvi
// Cases: gamma
@@
expression e;
@@
 head907d_olut_load(...)
 {
	<...
-	e + 0x6000
+	e + 0x5000
	...>
 }
