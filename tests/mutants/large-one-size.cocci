// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: an unmap leaves the pages of a second size
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Channel: next
// Tests: large/aligned
@@
identifier uvma, addr, next, ret;
@@
 uvma_pages_unmap(...)
 {
	<...
	ret = nouveau_uvmm_vmm_unmap(...);
+	break;
	...>
 }
