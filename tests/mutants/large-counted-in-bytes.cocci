// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: small pages behind a large one are counted in 8 bits
// File: upstream/drivers/gpu/drm/nouveau/nvkm/subdev/mmu/vmm.h
// Channel: next
// Tests: large/references large/unmap
@@
typedef u32, u8;
@@
 struct nvkm_pte_tracker {
	...
-	u32 sptes;
+	u8 sptes;
	...
 };
