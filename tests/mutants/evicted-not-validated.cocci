// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a buffer that was evicted is not brought back for an EXEC
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Tests: evict/two-clients evict/unmap-while-away
@@
expression nvbo;
@@
 nouveau_uvmm_bo_validate(...)
 {
	...
-	return nouveau_bo_validate(nvbo, ...);
+	return 0;
 }
