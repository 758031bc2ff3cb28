// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: entries of sparse regions lack the bit that says so
// File: upstream/drivers/gpu/drm/nouveau/nvkm/subdev/mmu/vmmgp100.c
// Tests: sparse
@@
expression vmm, pt, at, n;
@@
 gp100_vmm_pgt_sparse(...)
 {
-	VMM_FO064(pt, vmm, at, BIT_ULL(3), n);
+	VMM_FO064(pt, vmm, at, 0ULL, n);
 }
