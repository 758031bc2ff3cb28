// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: what a failed list of binds unmapped stays unmapped
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Tests: bind/unwind bind/unwind-unmap
@@
@@
 op_unmap_prepare_unwind(struct drm_gpuva *va)
 {
-	drm_gpuva_insert(va->vm, va);
 }
