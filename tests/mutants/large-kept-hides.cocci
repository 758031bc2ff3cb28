// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a mapping that continues another keeps the pages of the old size
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Channel: next
// Tests: large/busy-same large/map-same
@@
identifier ops, new;
@@
 nouveau_uvmm_sm(...)
 {
	...
-	uvmm_kept_run(ops, new->map);
	...
 }
