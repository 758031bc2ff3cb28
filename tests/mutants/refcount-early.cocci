// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a mapping puts the buffer that it never got
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Tests: map/handle-closed
@@
expression obj;
@@
 nouveau_uvma_gem_get(...)
 {
-	drm_gem_object_get(obj);
 }
