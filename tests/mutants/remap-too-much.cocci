// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: an unmap of a mapping's end takes its begin along
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Channel: stable
// Tests: split
@@
identifier r, addr;
@@
 op_remap(struct drm_gpuva_op_remap *r, ...)
 {
	...
-	if (r->prev)
-		addr = r->prev->va.addr + r->prev->va.range;
	...
 }
