// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: buffers that are shared are not told to the VM
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Tests: fence share/prime-vram
@@
iterator name list_for_each_op, drm_exec_until_all_locked;
expression bo;
@@
-	drm_gpuvm_bo_extobj_add(bo);
