// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: an unmap leaves the page table entries
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Tests: map/unmapped-is-gone split/unmap-gart
@@
identifier uvma;
@@
 op_unmap(...)
 {
	...
-	if (...)
-		nouveau_uvma_unmap(uvma);
 }
