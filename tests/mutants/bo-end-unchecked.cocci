// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: maps beyond a buffer's end are accepted
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Tests: bind/outside-of-bo
@@
identifier op, obj;
@@
 bind_validate_op(...)
 {
	<...
-	if (op->va.range > (obj->size - op->gem.offset))
-		return -EINVAL;
	...>
 }
