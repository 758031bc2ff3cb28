// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: page tables are not given back
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Channel: stable
// Tests: many/far-apart
// Chip: gm107
@@
identifier uvma;
@@
 nouveau_uvma_vmm_put(struct nouveau_uvma *uvma)
 {
	...
-	return nouveau_uvmm_vmm_put(...);
+	return 0;
 }
