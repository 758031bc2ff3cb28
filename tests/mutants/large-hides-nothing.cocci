// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the GPU does not look behind a large page that was unmapped
// File: upstream/drivers/gpu/drm/nouveau/nvkm/subdev/mmu/vmm.c
// Channel: next
// Tests: large/unmap
@@
identifier pgt, entry, func;
@@
 nvkm_vmm_idle(...)
 {
	<...
-	if (pgt->pte[entry].sptes)
-		return func->unmap;
	...>
 }
