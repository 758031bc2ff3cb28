// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: small pages take a large one away when they are referenced
// File: upstream/drivers/gpu/drm/nouveau/nvkm/subdev/mmu/vmm.c
// Channel: next
// Tests: large/queued
@@
identifier pgt, entry;
@@
 nvkm_vmm_idle(...)
 {
	...
-	if (pgt->pte[entry].mapped)
-		return NULL;
	...
 }
