// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a buffer that another device has imported is not mapped for the next work
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Tests: share/imported-map
@@
identifier vm_bo;
@@
 nouveau_uvmm_bo_unmap_all(...)
 {
	<...
-	drm_gpuvm_bo_evict(vm_bo, true);
	...>
 }
