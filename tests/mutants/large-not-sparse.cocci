// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the small pages behind a sparse large one are not sparse
// File: upstream/drivers/gpu/drm/nouveau/nvkm/subdev/mmu/vmm.c
// Channel: next
// Tests: sparse/map-inside
@@
identifier it, pgt;
@@
 nvkm_vmm_count_small(...)
 {
	<...
-	it->desc->func->sparse(it->vmm, pgt->pt[1], ...);
+	;
	...>
 }
