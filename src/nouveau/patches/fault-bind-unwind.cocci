// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a bind that failed before it locked anything called drm_exec_fini() for a drm_exec that was not initialised. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Bases: 6.12 7.3
// Drop: when the imported source unlocks only what it has locked
@@
iterator name drm_exec_until_all_locked;
identifier job, vme;
@@
 nouveau_uvmm_bind_job_submit(struct nouveau_job *job, struct drm_gpuvm_exec *vme)
 {
+	bool begun = false;
	...
 }

@@
identifier exec, vme;
@@
	drm_exec_init(exec, vme->flags, 0);
+	begun = true;

@@
identifier uvmm, vme, ret;
@@
	nouveau_uvmm_unlock(uvmm);
-	drm_gpuvm_exec_unlock(vme);
+	if (begun)
+		drm_gpuvm_exec_unlock(vme);
	return ret;
