// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: page table entries of an evicted buffer stay
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Tests: evict/two-clients evict/unmap-while-away
@@
identifier uvma;
@@
 nouveau_uvmm_bo_unmap_all(...)
 {
	<...
-	nouveau_uvma_unmap(uvma);
	...>
 }
