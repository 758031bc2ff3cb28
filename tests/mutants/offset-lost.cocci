// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a mapping begins at its buffer's begin
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Channel: stable
// Tests: map/offsets-gart map/offsets-vram
@@
identifier uvma, offset;
@@
 nouveau_uvma_map(struct nouveau_uvma *uvma, ...)
 {
	...
-	u64 offset = uvma->va.gem.offset;
+	u64 offset = 0;
	...
 }
