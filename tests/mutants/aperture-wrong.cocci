// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: page table entries call the processor's memory VRAM
// File: upstream/drivers/gpu/drm/nouveau/nvkm/subdev/mmu/vmmgf100.c
// Tests: map/cpu-gart map/remap-gart map/unmapped-is-gone
@@
@@
 gf100_vmm_aper(...)
 {
	<...
-	return 2;
+	return 0;
	...>
 }
