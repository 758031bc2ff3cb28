// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: what a bind cuts out of a mapping stays readable
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Channel: next
// Tests: large/unmap
@@
identifier old, cut;
@@
 uvma_cut_run(...)
 {
	...
-	if (!drm_gpuva_invalidated(&old->va))
-		uvma_pages_unmap(old, cut.addr, cut.end);
 }
