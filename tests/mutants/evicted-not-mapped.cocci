// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a buffer that moved is not mapped at its new place
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Tests: evict/two-clients evict/unmap-while-away
@@
identifier uvma, mem;
@@
 nouveau_uvmm_bo_map_all(...)
 {
	<...
-	nouveau_uvma_map(uvma, mem);
	...>
 }
