// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a new table takes a page of 2 MiB away that is mapped
// File: upstream/drivers/gpu/drm/nouveau/nvkm/subdev/mmu/vmm.c
// Channel: next
// Tests: large/queued
@@
expression desc, dir, entry;
@@
 nvkm_vmm_get_table(...)
 {
	<...
-	if (!nvkm_vmm_pde_mapped(desc + 1, dir, entry))
-		desc[1].func->pde(it->vmm, dir, entry);
+	desc[1].func->pde(it->vmm, dir, entry);
	...>
 }
