// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: maps beyond the address space and over the kernel's area are accepted
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Tests: bind/kernel-area bind/va-end
@@
@@
 nouveau_uvmm_validate_range(...)
 {
	<...
-	if (!drm_gpuvm_range_valid(...))
-		return -EINVAL;
	...>
 }
