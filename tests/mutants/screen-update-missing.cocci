// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a new image is set up and never shown
// File: upstream/drivers/gpu/drm/nouveau/dispnv50/base507c.c
// Chip: gm107
// Screen: dvi
// Cases: mode-1024
@@
expression list es;
@@
 base507c_update(...)
 {
	...
-	PUSH_MTHD(es);
	...
 }
