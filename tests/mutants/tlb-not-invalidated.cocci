// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the TLB keeps what it knows: no invalidate after page tables change
// File: upstream/drivers/gpu/drm/nouveau/nvkm/subdev/mmu/vmmgf100.c
// Tests: map/cpu-gart map/remap-gart map/unmapped-is-gone
@@
expression type;
@@
 gf100_vmm_invalidate(...)
 {
	...
-	nvkm_wr32(device, 0x100cbc, 0x80000000 | type);
	...
 }
