// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a buffer that another device has imported keeps large pages
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Channel: next
// Tests: share/imported-map
@@
@@
 uvma_shrink(...)
 {
	...
+	return 0;
	ret = nouveau_uvmm_vmm_get(...);
	...
 }
