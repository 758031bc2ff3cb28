// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: nobody is told when a monitor is plugged
// File: upstream/drivers/gpu/drm/nouveau/nouveau_display.c
// Chip: gm107
// Screen: dvi
// Cases: unplug
@@
identifier drm, pending;
@@
 nouveau_display_hpd_work(...)
 {
	<...
-	pending = drm->hpd_pending;
+	pending = 0;
	...>
 }
