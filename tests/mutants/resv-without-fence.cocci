// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: buffers do not know the work that uses them
// File: upstream/drivers/gpu/drm/nouveau/nouveau_exec.c
// Tests: fence
@@
expression vme;
@@
 nouveau_exec_job_armed_submit(...)
 {
-	drm_gpuvm_exec_resv_add_fence(vme, ...);
	...
 }
