// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: pages of a mapping of several sizes show the begin of the buffer
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Channel: next
// Tests: large/unmap
@@
identifier uvma, addr;
@@
 uvma_pages_map(...)
 {
	<...
-	uvma->va.gem.offset + (addr - uvma->va.va.addr)
+	uvma->va.gem.offset
	...>
 }
