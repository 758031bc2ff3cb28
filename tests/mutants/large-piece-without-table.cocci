// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a cut takes no page tables for what is left
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Channel: next
// Tests: large/unmap
@@
identifier puvma, addr, end;
@@
 uvma_create(...)
 {
	...
-	ret = uvma_pages_get(*puvma, addr, end);
	...
 }
