// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a mapping whose end is no multiple of a page gets a whole page there
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Channel: next
// Tests: large/unmap
@@
identifier uvma, start, size;
@@
 uvma_page_shift(...)
 {
	<...
-	ALIGN_DOWN(start + uvma->va.va.range, size)
+	ALIGN(start + uvma->va.va.range, size)
	...>
 }
