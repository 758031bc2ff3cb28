// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: what is left of a page below a cut is not mapped
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Channel: next
// Tests: large/unmap
@@
identifier new, cut;
@@
 uvma_cut_run(...)
 {
	<...
-	uvma_piece_map(new->prev, cut.addr, cut.below);
+	;
	...>
 }
