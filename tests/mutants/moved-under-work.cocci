// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a buffer that moves is taken from work that uses it
// File: upstream/drivers/gpu/drm/nouveau/nouveau_bo.c
// Tests: share/imported-busy
@@
identifier bo, ctx, ret;
@@
 nouveau_bo_move(struct ttm_buffer_object *bo, bool evict, struct ttm_operation_ctx *ctx, ...)
 {
	<...
-	ret = ttm_bo_wait_ctx(bo, ctx);
-	if (ret)
-		return ret;
	nouveau_bo_move_ntfy(...);
+	ret = ttm_bo_wait_ctx(bo, ctx);
	...>
 }
