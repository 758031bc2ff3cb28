// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a plane with eight bits a pixel uses the output's table of colours. When the plane went, its bit stayed in the mask of planes that do, and the head refused the state. The kernel warned each time that a program removed such a frame buffer while it was shown, and the mode stayed. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/dispnv50/wndw.c
// Bases: 6.12 7.3
// Drop: when the imported source clears wndw.olut with wndw.mask
@@
identifier harm, wndw;
@@
 nv50_wndw_atomic_check(...)
 {
	<...
	harm->wndw.mask &= ~BIT(wndw->id);
+	harm->wndw.olut &= ~BIT(wndw->id);
	...>
 }
